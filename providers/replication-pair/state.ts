import { createHash } from "node:crypto";
import type { Health } from "../diagnose/finding.ts";
import type { Pair } from "../pair.ts";
import type { Observed } from "../plan/plan.ts";
import type { RunReport } from "../report/run.ts";
import { pairSchema } from "./inputs.ts";

/** Inputs as the engine passes them. `__provider` (the stored shim) comes along and must be carried through. */
export interface Props {
  readonly pair: unknown;
  /** Own URN. */
  readonly self: string;
  readonly __provider?: unknown;
}

/** What the state holds: never a secret. */
export interface Outputs extends Props {
  readonly health: Health;
  readonly observed: Observed;
  /** null: none yet. */
  readonly lastRun: RunReport | null;
}

export const pairOf = (props: Props): Pair => pairSchema.parse(props.pair);

/** Another pair of servers, told by where they replicate. */
export const changesIdentity = (olds: Props, news: Props): boolean => identity(olds) !== identity(news);

const identity = (props: Props): string => {
  const parsed = pairSchema.safeParse(props.pair);
  if (!parsed.success) return "";
  const { primary, secondary } = parsed.data;
  return JSON.stringify([primary, secondary].map(({ replication }) => [replication.host, replication.port]));
};

/**
 * The run that a change of triggers asks for. done: the last run was for these, and ended healthy; the engine went away
 * before it could store that. The nodes know, and nothing is done twice.
 */
export const triggered = (olds: Props, news: Props, observed: Observed | undefined): "no" | "yes" | "done" => {
  if (triggersOf(olds) === triggersOf(news)) return "no";
  return observed?.endedRun?.triggers === triggersDigest(olds, news) ? "done" : "yes";
};

/** Of their change, since each change asks for a run, also one back to earlier ones. SHA-256, hexadecimal. */
export const triggersDigest = (olds: Props | undefined, news: Props): string =>
  createHash("sha256")
    .update(`${triggersOf(olds)} ${triggersOf(news)}`)
    .digest("hex");

const triggersOf = (props: Props | undefined): string =>
  JSON.stringify((props?.pair as { triggers?: unknown } | undefined)?.triggers ?? []);

/** Without keys that are undefined: the engine's wire format has no word for these ("Unexpected struct type"). */
export const stored = (outputs: Outputs): Outputs => JSON.parse(JSON.stringify(outputs)) as Outputs;

export const adopted = (
  inputs: Props,
  seen: Pick<Outputs, "health" | "observed">,
  olds: Outputs | undefined,
): Outputs => stored({ ...inputs, ...seen, lastRun: olds?.lastRun ?? null });
