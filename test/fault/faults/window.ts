import type { Lab } from "../../../lab/lab.ts";
import { waitFor } from "../../../lab/wait.ts";
import type { Fault } from "../fault.ts";
import { changeStack } from "../stack-file.ts";

const MINUTE_MS = 60_000;
/** So much of the window is left at least when the run is started: enough to come anywhere, on a slow machine too. */
const LEFT_MS = MINUTE_MS + 45_000;

/** A window ends at a full minute: the one after the next. */
const leftMs = (): number => 2 * MINUTE_MS - (Date.now() % MINUTE_MS);
const timeOfDay = (epochMs: number): string => new Date(epochMs).toISOString().slice(11, 16);

let endsMs = 0;

export const windowEnds: Fault = {
  name: "window-ends",
  says: /window/,
  strikes: ({ step }) => step !== "verify",
  expects: ({ phase }) => (phase === "early" ? ["undone"] : phase === "edge" ? ["undone", "finished"] : ["finished"]),
  async prepare(lab: Lab) {
    await waitFor("the beginning of a minute", async () => leftMs() > LEFT_MS, MINUTE_MS);
    endsMs = Date.now() + leftMs();
    const window = { start: timeOfDay(Date.now() - MINUTE_MS), end: timeOfDay(endsMs) };
    changeStack(lab, ["policy", "maintenanceWindow"], window);
  },
  async inject() {
    await waitFor("the window to end", async () => Date.now() > endsMs + 1_000, 2 * MINUTE_MS);
  },
  heal: async (lab) => changeStack(lab, ["policy", "maintenanceWindow"], undefined),
};
