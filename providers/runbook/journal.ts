import { SafetyError } from "../errors.ts";
import type { Identity } from "./identity.ts";

/** The states that a run may leave; docs/faults.md says what is true in each. */
export type RunState = "S0" | "S1" | "S2" | "S3" | "S4" | "S5" | "S6";

/** `at` is the runner's clock, UTC, for people: no rule hangs on it. */
export type JournalEvent = { readonly step: string; readonly at: string } & (
  | { readonly kind: "started" }
  | { readonly kind: "skipped"; readonly reason: string }
  /** noted: facts that must be known even if the act that follows is cut short. */
  | { readonly kind: "noted" | "succeeded"; readonly facts?: Readonly<Record<string, unknown>> | undefined }
  | { readonly kind: "failed" | "undo-failed"; readonly fault: string }
  | { readonly kind: "undone" }
);

/** One document per run, the same on both nodes; plain JSON, no secret ever. */
export interface Journal {
  readonly format: 1;
  readonly runId: string;
  readonly startedAt: string;
  /** "vendor", or the mild remedy that is carried out. */
  readonly procedure: string;
  readonly donor: Identity;
  readonly recipient: Identity;
  /** Digest of the change of triggers that the stack had. Absent: of an earlier version. */
  readonly triggers?: string | undefined;
  readonly events: readonly JournalEvent[];
  /** stateOf(events), written down for whoever reads the file with his eyes. */
  readonly state: RunState;
  /** Ended healthy, or undone to S0; a halted run is not finished. */
  readonly finished: boolean;
}

/** State that a step brings about as soon as it has *started*: an act that may have happened counts as done. */
const entered: Readonly<Record<string, RunState>> = {
  "stop-links": "S1",
  "stop-gateways": "S2",
  fence: "S3",
  reset: "S3",
  clone: "S4",
  "wire-recipient": "S5",
  "wire-donor": "S5",
  "start-gateways": "S5",
};

/** How each step stands. The failure of a step that was not begun (a lost lock, a wish to stop) did nothing. */
export const standing = (events: readonly JournalEvent[]): ReadonlyMap<string, JournalEvent["kind"]> => {
  const last = new Map<string, JournalEvent["kind"]>();
  for (const { step, kind } of events)
    if (kind !== "failed" || (last.get(step) ?? "undone") !== "undone") last.set(step, kind);
  return last;
};

/** The state of things after these events. Pure: the journal alone tells it. A step that was skipped brings nothing about. */
export const stateOf = (events: readonly JournalEvent[]): RunState => {
  const last = standing(sinceLastClone(events));
  const proved = events.at(-1);
  if (proved?.step === "verify" && proved.kind === "succeeded") return "S6";
  const states = [...last].filter(([, kind]) => kind !== "undone").map(([step]) => entered[step] ?? "S0");
  return states.sort().at(-1) ?? "S0";
};

/** A clone that is begun anew makes what an earlier attempt had wired on the copy before it void. */
const sinceLastClone = (events: readonly JournalEvent[]): readonly JournalEvent[] => {
  const begun = events.findLastIndex(({ step, kind }) => step === "clone" && kind === "started");
  return events.filter(({ step }, index) => index >= begun || entered[step] !== "S5");
};

/** What the events prove beyond the state. */
export interface Milestones {
  /** Logs, and perhaps data, were destroyed: there is no way back any more. */
  readonly destroying: boolean;
  /** The run itself has begun to lift the fence, and has not closed it again since. */
  readonly lifting: boolean;
  /** The contents were equal when nobody wrote, and no difference was found since. */
  readonly copyProved: boolean;
}

export const milestones = (events: readonly JournalEvent[]): Milestones => {
  const last = (step: string, kind: JournalEvent["kind"]): number =>
    events.findLastIndex((event) => event.step === step && event.kind === kind);
  return {
    destroying: last("reset", "started") >= 0 || last("clone", "started") >= 0 || last("clone", "failed") >= 0,
    lifting: last("wire-donor", "started") > Math.max(last("fence", "succeeded"), last("clone", "started")),
    copyProved: Boolean(factsOf(events).contentsEqual),
  };
};

/** All that the steps have found so far, the later word over the earlier. */
export const factsOf = (events: readonly JournalEvent[]): Readonly<Record<string, unknown>> =>
  Object.assign({}, ...events.map((event) => ("facts" in event ? event.facts : {})));

export interface NewRun {
  readonly runId: string;
  readonly startedAt: string;
  readonly procedure: string;
  readonly donor: Identity;
  readonly recipient: Identity;
  readonly triggers?: string | undefined;
}

export const newJournal = (run: NewRun): Journal => ({ format: 1, ...run, events: [], state: "S0", finished: false });

export const withEvent = (journal: Journal, event: JournalEvent): Journal => {
  const events = [...journal.events, event];
  return { ...journal, events, state: stateOf(events) };
};

/** The run is over, healthy or undone; nothing is left to resume. */
export const finish = (journal: Journal): Journal => ({ ...journal, finished: true });

/** Is it about exactly these two servers? One that is not is void: the servers were rebuilt, swapped or renumbered. */
export const isAbout = (journal: Journal, servers: readonly Identity[]): boolean => {
  const key = ({ serverUuid, serverId }: Identity): string => `${serverUuid} ${serverId}`;
  const present = servers.map(key).sort().join();
  return present === [journal.donor, journal.recipient].map(key).sort().join();
};

/**
 * The copy to go by, of those of one run: the longer one. The donor is written last, so the recipient's may hold one
 * announcement more, and what was announced may have been done.
 */
export const leadingJournal = (copies: readonly Journal[]): Journal | undefined =>
  copies.toSorted((a, b) => b.events.length - a.events.length || Number(b.finished) - Number(a.finished))[0];

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isIdentity = (value: unknown): value is Identity =>
  isRecord(value) && isText(value.name) && isText(value.serverUuid) && Number.isSafeInteger(value.serverId);

const kinds: readonly unknown[] = ["started", "noted", "skipped", "succeeded", "failed", "undone", "undo-failed"];

const isEvent = (value: unknown): value is JournalEvent =>
  isRecord(value) && isText(value.step) && isText(value.at) && kinds.includes(value.kind);

/** Reads a journal's line. SafetyError naming the file where it is none: nothing is guessed from half a journal. */
export const parseJournal = (line: string, file: string): Journal => {
  const fault = faultOf(line);
  if (typeof fault !== "string") return fault;
  throw new SafetyError(`${file} is no journal that this version can read: ${fault}`, {
    next: "Look at it; if no run is at work and both nodes are as they should be, move it away and start again.",
  });
};

const faultOf = (line: string): Journal | string => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is no JSON";
  }
  if (!isRecord(value)) return "it is no object";
  if (value.format !== 1) return `its format is ${JSON.stringify(value.format)}, not 1`;
  if (!isText(value.runId) || !isText(value.startedAt) || !isText(value.procedure)) return "it does not name its run";
  if (!isIdentity(value.donor) || !isIdentity(value.recipient)) return "it does not name donor and recipient";
  if (!Array.isArray(value.events) || !value.events.every(isEvent)) return "its events are damaged";
  if (typeof value.finished !== "boolean") return "it does not say whether the run is finished";
  const journal = value as unknown as Journal;
  return { ...journal, state: stateOf(journal.events) };
};
