import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processPattern } from "../../lab/gateway/paths.ts";
import type { Lab } from "../../lab/lab.ts";
import type { HostName, Side } from "../../lab/record.ts";
import { type Journal, leadingJournal } from "../../providers/runbook/journal.ts";

export const donor: Side = "primary";
export const recipient: Side = "secondary";
export const sides: readonly Side[] = [donor, recipient];

export const hostFolder = (lab: Lab, name: HostName): string =>
  lab.hosts().find((host) => host.name === name)?.folder ?? "";

export const addressOf = (lab: Lab, name: HostName): string =>
  lab.hosts().find((host) => host.name === name)?.address ?? "";

/** Every statement that a server was sent. */
export const generalLog = (lab: Lab, side: Side): string => join(hostFolder(lab, side), "log/general.log");

export const stateFile = (lab: Lab, name: HostName, file: string): string => join(hostFolder(lab, name), "state", file);

/** As it stands on the node's disk; the writer replaces it in one step, so it is whole. */
export const journalOn = (lab: Lab, side: Side): Journal | undefined => {
  const file = stateFile(lab, side, "journal.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Journal) : undefined;
};

export const isFenced = (lab: Lab): boolean => existsSync(stateFile(lab, recipient, "fence.json"));

/** Of the locks on both nodes: each taking has a token of its own, also by a second runner of the same run. */
export const lockOwners = (lab: Lab): readonly string[] =>
  sides.flatMap((side) => {
    const file = stateFile(lab, side, "lock");
    if (!existsSync(file)) return [];
    const { runId, token } = JSON.parse(readFileSync(file, "utf8").split("\n")[0] ?? "{}");
    return [`run ${runId}, token ${token}`];
  });

/** Longer than a lock without beats counts as alive. */
const STALE_SECONDS = 100;

/** As if so much time had passed without a beat: the second line is "boot uptime epoch". */
export const ageLocks = (lab: Lab, seconds = STALE_SECONDS): void => {
  for (const side of sides) {
    const file = stateFile(lab, side, "lock");
    if (!existsSync(file)) continue;
    const [owner, beat = ""] = readFileSync(file, "utf8").split("\n");
    const [boot, up, epoch] = beat.split(" ");
    writeFileSync(file, `${owner}\n${boot} ${Math.max(0, Number(up) - seconds)} ${Number(epoch) - seconds}\n`);
  }
};

/** Hosts whose gateway runs, by the machine's process list. */
export const runningGateways = (lab: Lab): readonly HostName[] => {
  const lines = lab.processes().map(({ commandLine }) => commandLine);
  return lab
    .hosts()
    .filter(({ folder }) => lines.some((line) => new RegExp(processPattern(folder)).test(line)))
    .map(({ name }) => name);
};

export type State = "S0" | "S1" | "S2" | "S3" | "S4" | "S5" | "S6";

/**
 * What the nodes are in, by their journals: the leading copy of an unfinished run. One whose end stands on one node has
 * ended: it is written to one after the other. Invariant 5 holds the fence against it.
 */
export const stateOnNodes = (lab: Lab): { state: State; journal: Journal | undefined; finished: boolean } => {
  const copies = sides.flatMap((side) => journalOn(lab, side) ?? []);
  const ended = copies.filter(({ finished }) => finished).map(({ runId }) => runId);
  const open = copies.filter(({ runId }) => !ended.includes(runId));
  const journal = leadingJournal(open.length > 0 ? open : copies);
  return { state: (journal?.state as State) ?? "S0", journal, finished: open.length === 0 };
};
