import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const variable = "REPLICATION_PAIR_TEST_RUN";

/** A mark that all processes started by a suite inherit in their environment, detached ones too. */
export interface Mark {
  readonly environment: Readonly<Record<string, string>>;
  readonly text: string;
}

export function marked(): Mark {
  const id = randomUUID();
  return { environment: { [variable]: id }, text: `${variable}=${id}` };
}

/** Time for processes that are ending already. */
const waitMs = 5000;

/** Ends what bears the mark; the answer names it. Linux only: elsewhere nothing is found. */
export async function endLeftovers(mark: Mark): Promise<readonly string[]> {
  const deadline = Date.now() + waitMs;
  let left = withMark(mark);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(200);
    left = withMark(mark);
  }
  for (const { pid } of left) end(pid);
  return left.map(({ pid, words }) => `${pid} ${words}`);
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function withMark({ text }: Mark): { pid: number; words: string }[] {
  const pids = readNames("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(text))
    .map((pid) => ({ pid: Number(pid), words: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 120) }));
}

const readNames = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Empty for a process that is gone or belongs to somebody else. */
const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
