/** One line of progress. It goes to stderr, so that a result on stdout can be piped. */
export type Say = (line: string) => void;

export const sayOnStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Says `detail()` with the time passed, every `everySeconds`, while `work` runs. */
export async function sayWhile<T>(say: Say, work: Promise<T>, detail: () => string, everySeconds: number): Promise<T> {
  const began = Date.now();
  const timer = setInterval(() => say(`  ${clock(Date.now() - began)}  ${detail()}`), everySeconds * 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** 83000 -> "1:23". */
export const clock = (elapsedMs: number): string => {
  const seconds = Math.round(elapsedMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
