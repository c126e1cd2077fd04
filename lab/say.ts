/** One line of progress. Results go to stdout; progress goes to stderr, so that a result can be piped. */
export type Say = (line: string) => void;

export const silent: Say = () => {};

/** Lines with the seconds since the command began. */
export function sayWithClock(): Say {
  const began = Date.now();
  return (line) => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds} s  ${line}\n`);
  };
}

/** Says `line` again with the seconds waited while `work` runs: at once, then every few seconds. */
export async function sayWhile<T>(say: Say, line: string, work: Promise<T>, detail?: () => string): Promise<T> {
  say(line);
  const began = Date.now();
  const timer = setInterval(() => {
    const waited = Math.round((Date.now() - began) / 1000);
    say(`  ... ${detail?.() || "still at it"} (${waited} s)`);
  }, 3000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
