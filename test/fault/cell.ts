import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Lab } from "../../lab/lab.ts";
import { signal } from "../../lab/processes.ts";
import { waitFor } from "../../lab/wait.ts";
import type { Journal } from "../../providers/runbook/journal.ts";
import { vendor } from "../../providers/runbook/vendor.ts";
import { cliPids, engineProcesses, providerPids } from "../support/engine-processes.ts";
import { type CliResult, pulumi, type RunningCommand, start, startNpxPulumi } from "../support/pulumi.ts";
import type { Fault, Reaction } from "./fault.ts";
import { closeGate, isReached, openGate } from "./gate.ts";
import { violations } from "./invariants/all.ts";
import { lostRows } from "./invariants/contents.ts";
import { entriesOf, isKept } from "./invariants/files.ts";
import { baseline, lastOf, type Scene } from "./invariants/scene.ts";
import { ageLocks, donor, hostFolder, journalOn, lockOwners, sides, stateFile, stateOnNodes } from "./nodes.ts";
import type { Point } from "./points.ts";
import type { CellResult } from "./results.ts";
import { changeStack } from "./stack-file.ts";
import { ask, disagreements } from "./told.ts";
import type { WarmLab } from "./warm-lab.ts";

const POINT_MS = 300_000;
const LOOK_MS = 20;
const ORPHAN_MS = 240_000;
const LINES_MAX = 60;

export type Found = Pick<CellResult, "reaction" | "left" | "next" | "lostRows" | "violations">;

/** One fault at one point on a healthy pair, and the next `up` after it; ends healthy, or says what does not hold. */
export const runCell = async (warm: WarmLab, fault: Fault, point: Point): Promise<Found> => {
  const { lab } = warm;
  const earlier = journalOn(lab, donor)?.runId;
  removeKept(lab, earlier);
  const before = await baseline(lab);
  const up = await struckRun(warm, { fault, point, earlier });
  const left = stateOnNodes(lab);
  const reaction = reactionOf(up, left);
  const scene: Scene = {
    ...{ lab, before, reaction, ...left, moment: "left", up, spoke: !fault.silences },
    host: fault.at?.(point),
  };
  const found = [...wrongReaction(scene, fault, point), ...(await violations(scene, fault.excuses))];
  await fault.heal?.(lab);
  const healed = fault.heal ? await violations({ ...scene, moment: "healed" }) : [];
  if (reaction === "stands") ageLocks(lab);
  if (!left.finished) found.push(...disagreements(await ask(lab, fault.asksFully), left.state));
  const next = await goOn(lab, fault, found);
  // Links that clash, because both sides have written, are what it refuses for.
  found.push(...healed.filter((its) => !next.refusedFirst || !its.startsWith("healed, invariant 8:")));
  // What is told of a run that has ended is seen by what the next one makes of it.
  if (left.finished && nextText(next).startsWith("resumed")) found.push("the next up resumed a run that had ended");
  // One that was cut off before it had begun its own journal has left that of the run before.
  const ended = left.finished && left.state === "S6" && left.journal?.runId !== earlier;
  if (ended && nextText(next).includes("ran anew")) found.push("the next up repeated a run that had ended healthy");
  if (next.exitCode !== 0) found.push(`the next up failed:\n${tail(next)}`);
  if (reaction === "stands") found.push(...repeated(scene, journalOn(lab, donor)));
  const end: Scene = { ...scene, ...stateOnNodes(lab), reaction: "finished", moment: "end", up: next };
  found.push(...(await violations(end)));
  if (found.length > 0) found.push(`left, its journal: ${historyOf(left.journal)}`);
  const lost = await lostRows(lab, true).then(
    ({ length }) => length,
    () => undefined,
  );
  return { reaction, left: left.state, next: nextText(next), lostRows: lost, violations: found };
};

/** Of the runs before the last one: all that a run keeps, backups and archived journals, would fill the small disks. */
const removeKept = (lab: Lab, last: string | undefined): void => {
  const backups = entriesOf(join(hostFolder(lab, donor), "backup")).filter(isKept);
  const runs = sides.flatMap((side) => entriesOf(stateFile(lab, side, "run")));
  for (const file of [...backups, ...runs]) if (!last || !file.includes(last)) rmSync(file, { recursive: true });
};

interface Struck {
  readonly fault: Fault;
  readonly point: Point;
  /** The run before. */
  readonly earlier: string | undefined;
}

/** A run of the real CLI that the fault strikes at the point; returns when nothing of it is at work any more. */
const struckRun = async ({ lab, jobBytes, runMs }: WarmLab, { fault, point, earlier }: Struck): Promise<CliResult> => {
  changeStack(lab, ["triggers"], [randomBytes(4).toString("hex")]);
  await fault.prepare?.(lab, point);
  closeGate(lab, point, jobBytes);
  const up = startNpxPulumi(lab, { env: fault.environment?.(lab) }, "up", "--yes", "--skip-preview");
  const journal = (): Journal | undefined => {
    const its = journalOn(lab, donor);
    return its?.runId === earlier ? undefined : its;
  };
  if (point.share !== undefined) await setTimeout(point.share * runMs);
  else {
    await cameTo("the first step", () => journal() !== undefined, up);
    const provider = fault.runsOn ? [] : providerPids(lab);
    await cameTo(
      point.name,
      () => (point.inside === undefined ? hasCome(journal(), point) : isReached(lab, point)),
      up,
    );
    for (const pid of provider) signal(pid, "SIGSTOP");
  }
  try {
    await fault.inject({ lab, point, up });
  } finally {
    for (const pid of providerPids(lab)) signal(pid, "SIGCONT");
  }
  openGate(lab);
  const result = await up.ended;
  // npx may end before its engine, and an orphan works on until it sees that nobody listens.
  const atWork = (): boolean => cliPids(lab).length > 0 || (providerPids(lab).length > 0 && lockOwners(lab).length > 0);
  await waitFor("the run to end", async () => !atWork(), ORPHAN_MS);
  endEngine(lab);
  return result;
};

const wrongReaction = ({ reaction, state, journal, up }: Scene, fault: Fault, point: Point): readonly string[] => {
  const right = fault.expects(point);
  const told = !fault.says || ["stands", "finished"].includes(reaction) || fault.says.test(up.output);
  const missed = fault.missed?.(journal);
  return [
    ...(missed ? [`left, the run has not met the fault: ${missed}`] : []),
    ...(right.includes(reaction)
      ? []
      : [`left, the run ${reaction} (${state}); right would be: ${right.join(" or ")}\n${tail(up)}`]),
    ...(told ? [] : [`left, the message does not say ${fault.says?.source}:\n${tail(up)}`]),
  ];
};

/** What was complete is not done once more by whoever takes up a run that was cut off. */
const repeated = (left: Scene, end: Journal | undefined): readonly string[] => {
  if (!left.journal || left.journal.runId !== end?.runId) return [];
  const begun = end.events.slice(left.journal.events.length).filter(({ kind }) => kind === "started");
  return vendor
    .filter(({ id, destroys }) => destroys && lastOf(left, id) === "succeeded" && begun.some(({ step }) => step === id))
    .map(({ id }) => `the next up did ${id} once more, which was complete`);
};

const historyOf = (journal: Journal | undefined): string =>
  journal?.events.map(({ step, kind }) => `${step} ${kind}`).join(", ") ?? "none";

const hasCome = (journal: Journal | undefined, { step, begun }: Point): boolean =>
  journal?.events.some((event) => event.step === step && event.kind === (begun ? "started" : "succeeded")) ?? false;

const cameTo = async (place: string, isThere: () => boolean, up: RunningCommand): Promise<void> => {
  const deadline = Date.now() + POINT_MS;
  while (!isThere()) {
    const over = up.result();
    if (over) throw new Error(`the run ended before ${place}:\n${tail(over)}`);
    if (Date.now() > deadline) throw new Error(`the run did not come to ${place} in ${POINT_MS / 1000} s`);
    await setTimeout(LOOK_MS);
  }
};

const reactionOf = (
  { exitCode }: CliResult,
  { state, journal, finished }: ReturnType<typeof stateOnNodes>,
): Reaction => {
  if (finished) return state === "S6" ? "finished" : "undone";
  const last = journal?.events.at(-1)?.kind;
  const gaveUp = exitCode !== 0 && journal?.events.some(({ kind }) => kind === "failed");
  if (!gaveUp || last === "started" || last === "noted" || last === "succeeded") return "stands";
  return journal?.events.some(({ step, kind }) => step === "reset" && kind === "started") ? "halted" : "owed";
};

interface Next extends CliResult {
  readonly refusedFirst?: boolean;
}

/** What an operator types next. */
const goOn = async (lab: WarmLab["lab"], { mayRefuse }: Fault, found: string[]): Promise<Next> => {
  const up = (): Promise<CliResult> => pulumi(lab, "up", "--yes", "--skip-preview");
  const plain = await up();
  // A CLI that was killed has left its engine's lock.
  const next = /currently locked/.test(plain.output)
    ? await start(lab, "npm", ["run", "-s", "up", "--", lab.stack, "--yes", "--skip-preview", "--non-interactive"])
        .ended
    : plain;
  if (next.exitCode !== 0 && mayRefuse?.says.test(next.output)) {
    await mayRefuse.byHand(lab, next.output);
    return { ...(await up()), refusedFirst: true };
  }
  if (!/run-in-progress/.test(next.output)) return next;
  found.push("left, the next up: refused although no run is at work; done again as if a minute had passed");
  ageLocks(lab);
  return up();
};

const nextText = ({ exitCode, output, refusedFirst }: Next): string => {
  if (exitCode !== 0) return "failed";
  const what = /resumes run/.test(output)
    ? "resumed, healthy"
    : /step 1\/\d+/.test(output)
      ? "ran anew, healthy"
      : "nothing to do";
  return refusedFirst ? `refused, then ${what}` : what;
};

/** What the CLI said went wrong; without outputs, which it shows at length. */
export const tail = ({ exitCode, output }: CliResult): string => {
  const diagnostics = /^Diagnostics:\n(.*?)^(?:Outputs|Resources):/ms.exec(output)?.[1] ?? output;
  const lines = diagnostics.split("\n").filter((line) => line.trim() !== "");
  return [`  exit ${exitCode}`, ...lines.slice(-LINES_MAX).map((line) => `  | ${line}`)].join("\n");
};

/** Nothing of a cell that failed may be at work when the next one begins. */
export const endEngine = (lab: WarmLab["lab"]): void => {
  openGate(lab);
  for (const { pid } of engineProcesses(lab)) signal(pid, "SIGKILL");
};
