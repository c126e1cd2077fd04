import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import type { HostName, Side } from "../../../lab/record.ts";
import type { Journal } from "../../../providers/runbook/journal.ts";
import type { CliResult } from "../../support/pulumi.ts";
import type { Reaction } from "../fault.ts";
import { generalLog, hostFolder, runningGateways, type State, sides } from "../nodes.ts";
import { filesOf } from "./files.ts";

/** How the pair was before the cell. */
export interface Baseline {
  readonly uuid: Readonly<Record<Side, string>>;
  readonly running: readonly HostName[];
  readonly files: ReadonlySet<string>;
  /** Accounts of runs. */
  readonly accounts: Readonly<Record<Side, readonly string[]>>;
  /** Bytes of the general log. */
  readonly logged: Readonly<Record<Side, number>>;
}

/**
 * What is looked at: `left` by the run that the fault struck, `healed` once the fault is put right and before the next
 * run, or at the `end`, when that one has ended.
 */
export interface Scene {
  readonly lab: Lab;
  readonly moment: "left" | "healed" | "end";
  readonly reaction: Reaction;
  readonly state: State;
  readonly journal: Journal | undefined;
  readonly before: Baseline;
  readonly up: CliResult;
  /** The CLI was there to the end and could say what happened. */
  readonly spoke: boolean;
  /** The host that the fault struck. */
  readonly host: HostName | undefined;
}

/** What does not hold; with the host where it is of one: nothing else can be excused. */
export type Violation = string | { readonly host: HostName; readonly text: string };

/** None: it holds. */
export type Invariant = (scene: Scene) => Promise<readonly Violation[]>;

export const baseline = async (lab: Lab): Promise<Baseline> => {
  const logged = (side: Side): number => statSync(generalLog(lab, side)).size;
  const uuid = async (side: Side) => (await one<{ v: string }>(lab, side, "SELECT @@server_uuid AS v")).v;
  return {
    uuid: { primary: await uuid("primary"), secondary: await uuid("secondary") },
    running: runningGateways(lab),
    logged: { primary: logged("primary"), secondary: logged("secondary") },
    files: new Set(lab.hosts().flatMap(({ folder }) => filesOf(folder))),
    accounts: { primary: await runAccountsOn(lab, "primary"), secondary: await runAccountsOn(lab, "secondary") },
  };
};

export const runAccountsOn = async (lab: Lab, side: Side): Promise<readonly string[]> =>
  (
    await lab.sql<{ name: string }>(
      side,
      "SELECT CONCAT(User, '@', Host) AS name FROM mysql.user WHERE User LIKE 'rp\\_%' ORDER BY 1",
    )
  ).map(({ name }) => name);

export const one = async <Row>(lab: Lab, side: Side, text: string): Promise<Row> => {
  const [row] = await lab.sql<Row>(side, text);
  if (!row) throw new Error(`the ${side} answers nothing to ${text}`);
  return row;
};

/** Servers that can be asked: not down, not stopped by a signal. */
export const answering = async (lab: Lab): Promise<readonly Side[]> => {
  const answers = await Promise.all(sides.map((side) => !isStopped(lab, side) && isUp(lab, side)));
  return sides.filter((_, index) => answers[index]);
};

export const isUp = (lab: Lab, side: Side): Promise<boolean> =>
  lab.sql(side, "SELECT 1").then(
    () => true,
    () => false,
  );

export const mysqldPid = (lab: Lab, side: Side): number | undefined => {
  try {
    return Number(readFileSync(join(hostFolder(lab, side), "mysqld.pid"), "utf8"));
  } catch {
    return undefined;
  }
};

const isStopped = (lab: Lab, side: Side): boolean => {
  try {
    return /^State:\s+T/m.test(readFileSync(`/proc/${mysqldPid(lab, side)}/status`, "utf8"));
  } catch {
    return false;
  }
};

export const succeededSteps = ({ journal }: Scene): readonly string[] =>
  (journal?.events ?? []).filter(({ kind }) => kind === "succeeded").map(({ step }) => step);

const begunSteps = ({ journal }: Scene): readonly string[] =>
  (journal?.events ?? []).filter(({ kind }) => kind === "started").map(({ step }) => step);

export const began = (scene: Scene, step: string): boolean => begunSteps(scene).includes(step);

/** After the last beginning of `since`. */
export const beganSince = (scene: Scene, since: string, step: string): boolean => {
  const begun = begunSteps(scene);
  return begun.slice(begun.lastIndexOf(since) + 1).includes(step);
};

/** The last that the journal says of a step. */
export const lastOf = ({ journal }: Scene, step: string): string | undefined =>
  journal?.events.findLast((event) => event.step === step)?.kind;
