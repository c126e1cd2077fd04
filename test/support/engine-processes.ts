import { readdirSync, readFileSync } from "node:fs";
import type { Lab } from "../../lab/lab.ts";

export interface EngineProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** Everything that works for the lab's engine: CLI, language host, providers. Known by its home, which no other lab has. */
export const engineProcesses = (lab: Lab): readonly EngineProcess[] => {
  const home = `PULUMI_HOME=${lab.environment().PULUMI_HOME}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(name, "environ").split("\0").includes(home))
    .map((name) => ({ pid: Number(name), commandLine: read(name, "cmdline").replaceAll("\0", " ").trim() }));
};

/** The one that runs our code: what a crash of Node would take away. */
export const providerPids = (lab: Lab): readonly number[] =>
  engineProcesses(lab).flatMap(({ pid, commandLine }) =>
    /^\S*node .*dynamic-provider/.test(commandLine) ? [pid] : [],
  );

/** The engine's own program. */
export const cliPids = (lab: Lab): readonly number[] =>
  engineProcesses(lab).flatMap(({ pid, commandLine }) => (/^\S*\/bin\/pulumi /.test(commandLine) ? [pid] : []));

const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended
  }
};
