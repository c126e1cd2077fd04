import { SafetyError } from "../errors.ts";
import { writeDurable } from "../node/durable-file.ts";
import type { Node } from "../node/node.ts";
import type { Plan } from "../plan/plan.ts";
import { isMild } from "../plan/procedures.ts";
import type { RunReport } from "../report/run.ts";
import { fenceFile, readFenceMarker, writeFenceMarker } from "./fence-marker.ts";
import { identityOf } from "./identity.ts";
import {
  factsOf,
  finish,
  type Journal,
  type JournalEvent,
  type NewRun,
  newJournal,
  type RunState,
  standing,
  withEvent,
} from "./journal.ts";
import { journalOfRun, makeWay, writeJournal, writeJournalWherePossible } from "./journal-file.ts";
import type { Facts } from "./step.ts";

type NewEvent = JournalEvent extends infer Event ? (Event extends unknown ? Omit<Event, "at"> : never) : never;

/** The journal of the run at hand. `record` returns when the event is on the disks of both nodes. */
export interface RunJournal {
  readonly startedAt: string;
  /** What the steps of this run have found so far, earlier attempts included. */
  readonly facts: Facts;
  record(event: NewEvent): Promise<void>;
  /** A step of this run was started, in this attempt or an earlier one, and not undone since. */
  began(step: string): boolean;
  state(): RunState;
  outcomes(): RunReport["steps"];
  /** Nothing is left to resume: writes that wherever it can, for one node is enough. Returns the errors of the others. */
  close(): Promise<readonly Error[]>;
}

export interface JournalRequest {
  readonly plan: Plan;
  readonly runId: string;
  /** Digest of the change of triggers. */
  readonly triggers: string;
  readonly donor: Node;
  readonly recipient: Node;
  readonly tell: (text: string) => Promise<void>;
}

/** Goes on with the unfinished journal of these servers, or begins a new one. Mild remedies leave none on the nodes. */
export const openRunJournal = async (request: JournalRequest): Promise<RunJournal> => {
  const { plan, runId, triggers, donor, recipient, tell } = request;
  const nodes = { donor, recipient };
  const startedAt = new Date().toISOString();
  const run = {
    runId,
    startedAt,
    procedure: plan.remedy,
    donor: await identityOf(donor),
    recipient: await identityOf(recipient),
    triggers,
  };
  if (isMild(plan))
    return journalOf(
      newJournal(run),
      async () => {},
      async () => [],
    );
  const servers = [run.donor, run.recipient];
  const open = await journalOfRun([donor, recipient], servers, runId);
  if (open && open.donor.serverUuid !== run.donor.serverUuid)
    throw new SafetyError(`run ${open.runId} has ${open.donor.name} as its donor, the plan ${run.donor.name}`, {
      next: `set policy.donor back, so that ${open.donor.name} is the donor, and run npx pulumi up`,
    });
  const stamp = startedAt.replace(/[:.]/g, "");
  const { said, before } = await makeWay([recipient, donor], { runId, servers, voids: plan.voids, stamp });
  for (const sentence of said) await tell(sentence);
  const taken = await takeOverFence(request, run, stamp);
  const known = plan.resumes?.unproved ? { ...before, confirmed: true } : before;
  return journalOf(
    open ?? begun(newJournal(run), { incomplete: plan.resumes?.fenced === true || taken, before: known }),
    (journal) => writeJournal(nodes, journal),
    (journal) => writeJournalWherePossible(nodes, journal),
  );
};

/**
 * A fence whose journal is lost, or that was put up for other servers: nobody knows how far its clone came, so the copy
 * counts as incomplete from the start, and no failure opens it.
 */
const begun = (journal: Journal, { incomplete, before }: Beginning): Journal => {
  const at = journal.startedAt;
  const known = before ? withEvent(journal, { step: "preflight", at, kind: "noted", facts: before }) : journal;
  return incomplete ? withEvent(known, { step: "clone", at, kind: "started" }) : known;
};

interface Beginning {
  readonly incomplete: boolean;
  /** See Way in journal-file.ts. */
  readonly before: Readonly<Record<string, unknown>> | undefined;
}

/** The marker of a void run becomes this run's, in one rename: at no instant is the node unmarked. True: there was one. */
const takeOverFence = async ({ plan, donor, recipient, tell }: JournalRequest, run: NewRun, stamp: string) => {
  if (await readFenceMarker(donor))
    throw new SafetyError("it is the donor and bears a fence: its copy may be incomplete", {
      node: donor.host.name,
      next: "npx pulumi refresh, then npx pulumi preview: they tell whose fence it is",
    });
  const marker = await readFenceMarker(recipient);
  if (!marker || !plan.voids.includes(marker.runId)) return false;
  const kept = `${fenceFile(recipient)}.${stamp}.void`;
  await writeDurable(recipient, kept, JSON.stringify(marker));
  await writeFenceMarker(recipient, { ...marker, runId: run.runId, donor: run.donor, recipient: run.recipient });
  await tell(
    `${recipient.host.name}: the fence of run ${marker.runId} was put up for other servers: it is this run's now, and its marker is kept as ${kept}`,
  );
  return true;
};

type Announce = (journal: Journal) => Promise<void>;
type Note = (journal: Journal) => Promise<readonly Error[]>;

/** `announce` must succeed on both nodes; `note` writes what has happened already, wherever it can. */
const journalOf = (first: Journal, announce: Announce, note: Note): RunJournal => {
  let journal = first;
  const attempt = first.events.length;
  return {
    startedAt: first.startedAt,
    facts: factsOf(first.events) as Facts,
    async record(event) {
      const next = withEvent(journal, { ...event, at: new Date().toISOString() } as JournalEvent);
      journal = next;
      if (!["failed", "undone", "undo-failed"].includes(event.kind)) return announce(next);
      const [error] = await note(next);
      if (error) throw error;
    },
    began(step) {
      const last = standing(journal.events.filter(({ kind }) => kind !== "skipped")).get(step);
      return last !== undefined && last !== "undone";
    },
    state: () => journal.state,
    outcomes: () => outcomesOf(journal.events.slice(attempt)),
    close: () => note(finish(journal)),
  };
};

const outcomesOf = (events: readonly JournalEvent[]): RunReport["steps"] =>
  events
    .filter(({ kind }) => kind !== "started" && kind !== "noted")
    .map(({ step, kind, at }) => {
      const started = events.findLast((event) => event.step === step && event.kind === "started" && event.at <= at);
      return { id: step, outcome: kind, seconds: started ? (Date.parse(at) - Date.parse(started.at)) / 1000 : 0 };
    });
