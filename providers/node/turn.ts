/** Lets one act run at a time, in the order asked. */
export interface Turns {
  /** Resolves when it is the caller's turn; the caller gives it back by calling the result once. */
  take(): Promise<() => void>;
  run<T>(act: () => Promise<T>): Promise<T>;
}

export const createTurns = (): Turns => {
  let last: Promise<void> = Promise.resolve();
  const take = (): Promise<() => void> => {
    const before = last;
    let giveBack = (): void => {};
    last = new Promise<void>((resolve) => {
      giveBack = resolve;
    });
    return before.then(() => giveBack);
  };
  return {
    take,
    async run(act) {
      const giveBack = await take();
      try {
        return await act();
      } finally {
        giveBack();
      }
    },
  };
};
