import type { Lab } from "../../../lab/lab.ts";
import type { Side } from "../../../lab/record.ts";
import { waitFor } from "../../../lab/wait.ts";
import { bothServed } from "../carry-by-hand.ts";
import { asFarAsReachable, type Fault, type Reaction } from "../fault.ts";
import { cannotMount, fill, free, type Place } from "../mounts.ts";
import { donor, recipient } from "../nodes.ts";
import { type Point, points } from "../points.ts";
import { cannotFailSync, failSync, mendSync } from "../sync.ts";

const RETRY_MS = 180_000;

const hosts = {
  backup: donor,
  "journal-donor": donor,
  "journal-recipient": recipient,
  "data-donor": donor,
  "data-recipient": recipient,
} as const;

const full = (
  place: Place,
  strikes: (point: Point) => boolean,
  expects: (point: Point) => readonly Reaction[],
): Fault => ({
  name: `disk-full-${place}`,
  expects,
  strikes,
  impossible: cannotMount,
  ...(place === "runner" ? {} : { at: () => hosts[place] }),
  inject: async ({ lab }) => fill(lab, place),
  heal: async (lab) => free(lab, place),
});

const freeData = async (lab: Lab, place: "data-donor" | "data-recipient"): Promise<void> => {
  free(lab, place);
  // InnoDB ends the server when a rollback finds no room; one that runs stays as it is.
  await lab.server(hosts[place], "start");
  const answers = () => lab.sql(hosts[place], "SHOW BINARY LOGS").then(Boolean, () => false);
  await waitFor("the commits that hang to be tried again, which happens once a minute", answers, RETRY_MS);
};

const before = (step: string) => (point: Point) =>
  points.indexOf(point) < points.findIndex(({ name }) => name === `after-${step}`);

export const backupDiskFull = full("backup", before("backup"), () => ["undone"]);

const notLast = ({ step }: Point): boolean => step !== "verify";

/** Also what the fence persists needs room there, and what is asked there; an applier that waits for room cannot be stopped. */
export const recipientDiskFull: Fault = {
  ...full("data-recipient", notLast, asFarAsReachable),
  waits: true,
  excuses: { secondary: [7, 8, 11, 14] },
  heal: (lab) => freeData(lab, "data-recipient"),
};

/** Room for the journal is reserved: a run may come to its end with it. */
const withReserve = ({ phase }: Point): readonly Reaction[] =>
  phase === "early"
    ? ["undone", "finished"]
    : phase === "edge"
      ? ["undone", "halted", "finished"]
      : ["halted", "finished"];

export const donorJournalFull = full("journal-donor", notLast, withReserve);
export const recipientJournalFull = full("journal-recipient", notLast, withReserve);

/** A commit on a full disk hangs and does not fail; what the gateways wait for then is not the run's to decide. */
export const donorDiskFull: Fault = {
  ...full("data-donor", notLast, ({ phase }) =>
    phase === "late" ? ["halted", "finished"] : ["undone", "owed", "halted", "finished"],
  ),
  waits: true,
  // What is asked there needs room too, and all gateways write there.
  excuses: { primary: [4, 7, 8, 11, 12], secondary: [4, 7, 12], processing: [4, 7, 12] },
  heal: (lab) => freeData(lab, "data-donor"),
  mayRefuse: bothServed,
};

/** The engine cannot store what becomes of the run; the nodes can. */
export const runnerDiskFull = full(
  "runner",
  () => true,
  ({ phase }) => (phase === "late" ? ["halted", "finished"] : ["undone", "halted", "finished"]),
);

/** The disk takes what is written, and will not say that it keeps it: what a journal announces may not begin. */
const syncFails = (side: Side, role: string): Fault => ({
  name: `sync-fails-${role}`,
  at: () => side,
  expects: asFarAsReachable,
  impossible: cannotFailSync,
  inject: async ({ lab }) => failSync(lab, side),
  heal: async (lab) => mendSync(lab, side),
});

export const donorSyncFails = syncFails(donor, "donor");
export const recipientSyncFails = syncFails(recipient, "recipient");
