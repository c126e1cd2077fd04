import { setTimeout } from "node:timers/promises";
import { signal } from "../../../lab/processes.ts";
import { waitFor } from "../../../lab/wait.ts";
import { cliPids, engineProcesses, providerPids } from "../../support/engine-processes.ts";
import { start } from "../../support/pulumi.ts";
import { type Fault, undoOrHalt } from "../fault.ts";
import { type Point, stepIndex } from "../points.ts";

/** The engine gives a provider 5 s; the rest is for a machine with much to do. */
const LEAVES_MS = 20_000;
const isLast = ({ step }: Point): boolean => step === "verify";

export const killProvider: Fault = {
  name: "kill-provider",
  silences: true,
  asksFully: true,
  expects: (point) => (isLast(point) ? ["stands", "finished"] : ["stands"]),
  async inject({ lab }) {
    for (const pid of providerPids(lab)) signal(pid, "SIGKILL");
  },
};

export const killAll: Fault = {
  name: "kill-all",
  silences: true,
  expects: killProvider.expects,
  async inject({ lab }) {
    for (const { pid } of engineProcesses(lab)) signal(pid, "SIGKILL");
  },
};

/** Whenever it is: nothing is expected of the run but that the invariants hold, and that the next one ends healthy. */
export const killAtRandom: Fault = {
  ...killAll,
  name: "kill-at-random",
  expects: () => ["stands", "undone", "owed", "halted", "finished"],
  strikes: ({ share }) => share !== undefined,
  inject: (strike) => (strike.point.index % 2 === 0 ? killAll : killProvider).inject(strike),
};

/** The provider is left behind and finds at its next step that nobody listens. */
export const killCli: Fault = {
  name: "kill-cli",
  silences: true,
  expects: (point) => (isLast(point) ? ["finished", "halted"] : undoOrHalt(point)),
  async inject({ lab }) {
    for (const pid of cliPids(lab)) signal(pid, "SIGKILL");
  },
};

const interrupt = (pid: number | undefined): void => {
  if (pid) signal(-pid, "SIGINT");
};

/** The engine does not tell the provider: the run goes on to its end. */
export const interruptOnce: Fault = {
  name: "sigint",
  expects: () => ["finished"],
  inject: async ({ up }) => interrupt(up.child.pid),
};

/** npm run stop: the run ends after its present act. */
export const askedToStop: Fault = {
  name: "asked-to-stop",
  says: /asked to stop/,
  strikes: (point) => !isLast(point),
  expects: undoOrHalt,
  async inject({ lab }) {
    const asked = await start(lab, "npm", ["run", "-s", "stop", "--", lab.stack]).ended;
    if (asked.exitCode !== 0 || !/asked to stop/.test(asked.output)) throw new Error(asked.output);
  },
};

/** Some seconds pass between the second one and the end of the provider: it may come further by then, even to the end. */
export const interruptTwice: Fault = {
  name: "sigint-twice",
  runsOn: true,
  silences: true,
  expects: ({ index }) => (index < stepIndex("wire-donor") ? ["stands"] : ["stands", "finished"]),
  async inject({ lab, up }) {
    interrupt(up.child.pid);
    // The engine counts two that come at once as one.
    await setTimeout(300);
    interrupt(up.child.pid);
    await waitFor("the provider to be ended", async () => providerPids(lab).length === 0, LEAVES_MS);
  },
};
