import type { Row } from "./reconcile.ts";

const confirm = (runId: string): string =>
  `npx pulumi config set --path policy.confirmedRun ${runId}, then npx pulumi up`;

/** The one next move of an operator, by what stands on the nodes. */
export const nextMove = (row: Row, runId = ""): string => moves[row](runId);

const fromScratch = "npx pulumi up: it keeps the old traces aside, compares the contents and makes the pair anew";

const byHand =
  "compare both nodes by hand; remove the marker and the read-only settings of the one that is whole, then npx pulumi refresh";

const moves: Readonly<Record<Row, (runId: string) => string>> = {
  live: () => "wait until it has ended; a run that is dead lets go of its lock by itself after a minute",
  clear: () => "none",
  "start-anew": () => "npx pulumi up: it attaches to a backup that is alive, or makes it anew",
  resume: () => "npx pulumi up: it goes on from there, or undoes it where it must not go on",
  "finish-reset": () => "npx pulumi up: it finishes the reset on both nodes, then clones",
  "clone-again": () =>
    "npx pulumi up: it checks the backup's hash, then attaches to a clone that is alive or clones from zero",
  "compare-then-wire": () => "npx pulumi up: it compares the contents first, then wires what is missing",
  "verify-again": () => "npx pulumi up: it proves both links and the contents again",
  "journal-lost": (runId) =>
    `compare both nodes by hand; if the fenced one may be overwritten: ${confirm(runId)}; the donor is the other one`,
  "fence-lifted": (runId) =>
    `find out who lifted it and what was written there since; if it may be overwritten: ${confirm(runId)}`,
  "fence-damaged": () => byHand,
  "both-fenced": () => byHand,
  "fence-of-another": () =>
    "npx pulumi up, with the other node as the donor: it takes the fence over, compares the contents and makes the pair anew",
  "two-runs": () => fromScratch,
  void: () => "none: the next run keeps what it left aside",
};
