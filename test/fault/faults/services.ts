import { type Behaviour, setBehaviour } from "../../../lab/gateway/behaviour.ts";
import { hostService } from "../../../lab/host/service.ts";
import type { Lab } from "../../../lab/lab.ts";
import { hostOf } from "../../../lab/record.ts";
import type { Fault, Reaction } from "../fault.ts";
import { hostFolder } from "../nodes.ts";
import { type Point, stepIndex } from "../points.ts";
import { changeStack } from "../stack-file.ts";

const HOST = "processing";

const behave = (lab: Lab, behaviour: Behaviour): void => setBehaviour(hostFolder(lab, HOST), behaviour);

interface Habit {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly before: "stop-gateways" | "start-gateways";
  readonly expects: (point: Point) => readonly Reaction[];
}

/** What the operator grants; a good gateway needs a third of it here. */
const STOP_SECONDS = 15;
const START_SECONDS = 30;

/** The `service` command of one host takes up a bad habit before the run calls it. */
const habit = ({ name, behaviour, before, expects }: Habit): Fault => ({
  name,
  expects,
  at: () => HOST,
  // Its gateway does what the fault makes it do; the guards stay where one does not start.
  excuses: before === "start-gateways" ? { primary: [7], secondary: [7], [HOST]: [4, 7, 12] } : { [HOST]: [4, 12] },
  strikes: ({ index }) => index < stepIndex(before),
  async prepare(lab) {
    changeStack(lab, ["policy", "gatewayStopSeconds"], STOP_SECONDS);
    changeStack(lab, ["policy", "gatewayStartSeconds"], START_SECONDS);
  },
  inject: async ({ lab }) => behave(lab, behaviour),
  async heal(lab) {
    behave(lab, {});
    for (const key of ["gatewayStopSeconds", "gatewayStartSeconds"]) changeStack(lab, ["policy", key], undefined);
  },
});

/** Somebody starts what the run has stopped: found before the first reset it is undone, after it the run halts. */
export const startedByHand: Fault = {
  name: "started-by-hand",
  at: () => HOST,
  excuses: { [HOST]: [4, 12] },
  strikes: ({ index }) => index >= stepIndex("stop-gateways") && index < stepIndex("start-gateways"),
  expects: ({ name, index }) => {
    if (index < stepIndex("fence") || name === "begun-fence") return ["undone"];
    // Once the copy's instant is past, it finds a donor that takes no write, or waits for its turn.
    return index > stepIndex("reset") || name === "after-reset" ? ["finished", "halted"] : ["halted"];
  },
  inject: ({ lab }) => hostService(hostOf(lab.record(), HOST), "ssg", "start", 60_000),
};

const undone = (): readonly Reaction[] => ["undone"];

export const stopEarly = habit({
  ...{ name: "stop-returns-early", behaviour: { stop: "early", stopSeconds: 4 }, before: "stop-gateways" },
  expects: () => ["finished"],
});
export const stopHangs = habit({
  ...{ name: "stop-hangs", behaviour: { stop: "hang" }, before: "stop-gateways", expects: undone },
});
export const stopLies = habit({
  ...{ name: "stop-lies", behaviour: { stop: "lie" }, before: "stop-gateways", expects: undone },
});
export const comesBack = habit({
  ...{ name: "comes-back", behaviour: { comeBackSeconds: 2 }, before: "stop-gateways", expects: undone },
});
export const startFails = habit({
  ...{ name: "start-fails", behaviour: { start: "fail" }, before: "start-gateways" },
  expects: () => ["halted"],
});
