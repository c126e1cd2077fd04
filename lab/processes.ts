import { readdirSync, readFileSync } from "node:fs";
import { waitFor } from "./wait.ts";

/** Command line of a process, its words joined by blanks; empty when there is no such process. */
export const commandLineOf = (pid: number): string => readProc(pid, "cmdline").replaceAll("\0", " ").trim();

export interface Found {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * Processes of this user that belong to a lab: its folder stands in their command line, or the mark LAB_HOST with it
 * in their environment. This process and those that called it are left out.
 */
export function processesOf(labFolder: string): readonly Found[] {
  const callers = ancestors();
  const uid = process.getuid?.();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !callers.has(pid) && ownerOf(pid) === uid)
    .map((pid) => ({ pid, commandLine: commandLineOf(pid) }))
    .filter(({ pid, commandLine }) => {
      const mark = readProc(pid, "environ")
        .split("\0")
        .find((line) => line.startsWith("LAB_HOST="));
      return commandLine.includes(`${labFolder}/`) || mark?.startsWith(`LAB_HOST=${labFolder}/`);
    });
}

/** Ends what is left of a lab, kindly first. Returns the command lines of what it had to end. */
export async function endProcessesOf(labFolder: string): Promise<readonly string[]> {
  const left = processesOf(labFolder);
  for (const { pid } of left) signal(pid, "SIGTERM");
  const gone = async () => processesOf(labFolder).length === 0;
  if (left.length > 0)
    await waitFor("the lab's processes to end", gone, 5000).catch(() => {
      for (const { pid } of processesOf(labFolder)) signal(pid, "SIGKILL");
    });
  await waitFor("the lab's processes to be gone", gone, 5000, () => JSON.stringify(processesOf(labFolder)));
  return left.map(({ pid, commandLine }) => `${pid} ${commandLine.slice(0, 120)}`);
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function ancestors(): Set<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 0 && !found.has(pid); ) {
    found.add(pid);
    pid = Number(/^PPid:\s+(\d+)$/m.exec(readProc(pid, "status"))?.[1] ?? 0);
  }
  return found;
}

/** Not the owner of the folder in /proc: that is root's for a process that forbids being looked into. */
const ownerOf = (pid: number): number => Number(/^Uid:\s+(\d+)/m.exec(readProc(pid, "status"))?.[1] ?? -1);

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // gone in the moment, or not ours to see
  }
}
