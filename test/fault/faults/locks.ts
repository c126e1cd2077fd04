import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Lab } from "../../../lab/lab.ts";
import { projectFolder, startPulumiWith } from "../../support/pulumi.ts";
import type { Fault } from "../fault.ts";
import { ageLocks, sides, stateFile } from "../nodes.ts";
import { stackFile } from "../stack-file.ts";
import { killProvider } from "./kills.ts";

/** Another operator, with another state, runs `up` on the same nodes while the first run is at work. */
export const lockLive: Fault = {
  name: "lock-live",
  runsOn: true,
  // Inside a job the run waits for as long as the second one takes to come.
  strikes: ({ inside }) => inside !== undefined,
  expects: () => ["finished"],
  async inject({ lab }) {
    const other = `${lab.stack}-other`;
    const file = stackFile(projectFolder, other);
    const call = (...args: string[]) => startPulumiWith(lab, { stack: other }, ...args).ended;
    writeFileSync(file, readFileSync(stackFile(projectFolder, lab.stack)), { mode: 0o600 });
    try {
      await call("stack", "init", other);
      const second = await call("up", "--yes", "--skip-preview");
      if (second.exitCode === 0 || !/at work/.test(second.output))
        throw new Error(`a second run was not refused:\n${second.output}`);
    } finally {
      await call("stack", "rm", "--yes", "--force", other);
      rmSync(file, { force: true });
    }
  },
};

const changeLocks = (lab: Lab, change: (owner: Record<string, unknown>, beat: string) => string): void => {
  for (const side of sides) {
    const file = stateFile(lab, side, "lock");
    if (!existsSync(file)) continue;
    const [owner = "{}", beat = ""] = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, change(JSON.parse(owner), beat));
  }
};

/** Of a runner on another machine, of which nobody here can tell whether it lives. */
export const lockStale: Fault = {
  ...killProvider,
  name: "lock-stale",
  async inject(strike) {
    await killProvider.inject(strike);
    changeLocks(strike.lab, ({ process: _mine, ...owner }, beat) => `${JSON.stringify(owner)}\n${beat}\n`);
    ageLocks(strike.lab);
  },
};

/** The node was restarted since the last beat. */
export const lockOfOtherBoot: Fault = {
  ...killProvider,
  name: "lock-other-boot",
  async inject(strike) {
    await killProvider.inject(strike);
    const boot = randomUUID();
    changeLocks(
      strike.lab,
      ({ process: _mine, ...owner }, beat) => `${JSON.stringify(owner)}\n${beat.replace(/^\S+/, boot)}\n`,
    );
  },
};
