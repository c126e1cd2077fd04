import { readdirSync, readFileSync } from "node:fs";
import type { Lab } from "../../lab/lab.ts";

/** Processes of the lab's engine that run our provider: the one that a crash of Node would take away. */
export const providerPids = (lab: Lab): readonly number[] => {
  const home = `PULUMI_HOME=${lab.environment().PULUMI_HOME}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(pid, "cmdline").includes("dynamic-provider") && read(pid, "environ").includes(home))
    .map(Number);
};

const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended
  }
};
