import { LimitError, SafetyError, UnreachableError } from "../errors.ts";
import { archiveDurable, readDurable, writeDurable } from "../node/durable-file.ts";
import type { Shell } from "../node/node.ts";
import type { Identity } from "./identity.ts";
import {
  factsOf,
  isAbout,
  type Journal,
  type JournalEvent,
  leadingJournal,
  parseJournal,
  standing,
} from "./journal.ts";

/** The shells of the run's two nodes, by role. */
export interface JournalNodes {
  readonly donor: Shell;
  readonly recipient: Shell;
}

export const journalFile = (shell: Shell): string => `${shell.host.stateFolder}/journal.json`;

/** Server and driver words are redacted where they arose; this is the second look, with both nodes' secrets. */
const clean = (event: JournalEvent, redact: (text: string) => string): JournalEvent => {
  if ("fault" in event) return { ...event, fault: redact(event.fault) };
  return "reason" in event ? { ...event, reason: redact(event.reason) } : event;
};

const lineOf = (journal: Journal, { donor, recipient }: JournalNodes): string => {
  const redact = (text: string): string => donor.redact(recipient.redact(text));
  return JSON.stringify({ ...journal, events: journal.events.map((event) => clean(event, redact)) });
};

/**
 * Writes the journal on both nodes, synced, before the act that it announces; throws where either was not written, and
 * then the act must not begin. Recipient first, donor last: the donor's copy is trusted most, so what stands in it
 * stands on both.
 */
export const writeJournal = async (nodes: JournalNodes, journal: Journal): Promise<void> => {
  const line = lineOf(journal, nodes);
  for (const shell of [nodes.recipient, nodes.donor]) await writeDurable(shell, journalFile(shell), line);
};

/** For what has happened already (a failure, an undo): each node that can be written is. Returns the errors of the others. */
export const writeJournalWherePossible = async (nodes: JournalNodes, journal: Journal): Promise<readonly Error[]> => {
  const line = lineOf(journal, nodes);
  const errors: Error[] = [];
  for (const shell of [nodes.recipient, nodes.donor]) {
    try {
      await writeDurable(shell, journalFile(shell), line);
    } catch (error) {
      if (!(error instanceof UnreachableError || error instanceof LimitError || error instanceof SafetyError))
        throw error;
      errors.push(error);
    }
  }
  return errors;
};

/** The node's journal; undefined: none. SafetyError where it cannot be read as one. */
export const readJournal = async (shell: Shell): Promise<Journal | undefined> => {
  const file = journalFile(shell);
  const line = await readDurable(shell, file);
  return line === undefined ? undefined : parseJournal(line, `${shell.host.name}: ${file}`);
};

/** The journal of this run about these servers, if the nodes hold one. */
export const journalOfRun = async (
  nodes: readonly [Shell, Shell],
  servers: readonly Identity[],
  runId: string,
): Promise<Journal | undefined> => {
  const copies = await Promise.all(nodes.map((shell) => readJournal(shell).catch(garbledIsNone)));
  return leadingJournal(copies.filter((copy) => copy?.runId === runId && isAbout(copy, servers)) as Journal[]);
};

/** Only a file that was read and is no journal counts as none (makeWay archives it); a node out of reach does not. */
const garbledIsNone = (error: unknown): undefined => {
  if (error instanceof SafetyError) return undefined;
  throw error;
};

export interface WayRequest {
  readonly runId: string;
  readonly servers: readonly Identity[];
  /** Runs that the plan holds for void. */
  readonly voids: readonly string[];
  readonly stamp: string;
}

export interface Way {
  /** A sentence for each void journal. */
  readonly said: readonly string[];
  /** How things were before a void run stopped the application on these very hosts: nobody else knows it any more. */
  readonly before?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Before a run writes its own: finished journals go into their run's folder; void ones (of other servers, unreadable, or
 * void by the plan) are kept as journal.<runId>.void. SafetyError where another unfinished run of these servers is there
 * that the plan does not know of.
 */
export const makeWay = async (nodes: readonly Shell[], { runId, servers, voids, stamp }: WayRequest): Promise<Way> => {
  const said: string[] = [];
  let before: Way["before"];
  const lines = await Promise.all(nodes.map((shell) => readDurable(shell, journalFile(shell))));
  const journals = lines.map((line, index) => readable(line, journalFile(nodes[index] as Shell)));
  // The end is written to one node after the other: a run whose end stands on one of them has ended.
  const ended = journals.flatMap((journal) => (journal?.finished ? [journal.runId] : []));
  for (const [index, shell] of nodes.entries()) {
    const file = journalFile(shell);
    const journal = journals[index];
    if (lines[index] === undefined || journal?.runId === runId) continue;
    if (journal && ended.includes(journal.runId)) {
      await archiveDurable(shell, file, `${shell.host.stateFolder}/run/${journal.runId}/journal.${stamp}.json`);
      continue;
    }
    if (journal && isAbout(journal, servers) && !voids.includes(journal.runId))
      throw new SafetyError(`${shell.host.name}: run ${journal.runId} is not finished (state ${journal.state})`, {
        node: shell.host.name,
        next: "npx pulumi refresh, then npx pulumi up: it goes on with that run or undoes it",
      });
    const kept = `${shell.host.stateFolder}/journal.${journal?.runId ?? "unreadable"}.${stamp}.void`;
    await archiveDurable(shell, file, kept);
    before ??= journal && stoppedBy(journal, servers);
    said.push(
      `${shell.host.name}: ${journal ? `the journal of run ${journal.runId} proves nothing of these servers` : "an unreadable journal"}; it is void and kept as ${kept}`,
    );
  }
  return { said, before };
};

/** It had stopped them and not brought them back, and one of its servers is still here. */
const stoppedBy = ({ events, donor, recipient }: Journal, servers: readonly Identity[]): Way["before"] => {
  const stop = standing(events).get("stop-gateways");
  const here = servers.map(({ serverUuid }) => serverUuid);
  if (!stop || stop === "undone" || ![donor, recipient].some(({ serverUuid }) => here.includes(serverUuid)))
    return undefined;
  const { gatewaysBefore, readOnlyBefore, persistedBefore, eventsBefore } = factsOf(events);
  return { gatewaysBefore, readOnlyBefore, persistedBefore, eventsBefore };
};

const readable = (line: string | undefined, file: string): Journal | undefined => {
  if (line === undefined) return undefined;
  try {
    return parseJournal(line, file);
  } catch {
    return undefined;
  }
};
