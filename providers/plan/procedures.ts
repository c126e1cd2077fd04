import type { RemedyKind, Side } from "../pair.ts";
import type { Plan, PlannedStep } from "./plan.ts";

/** The vendor procedure: the order is article KB000044402's, with the changes that the README names. */
export const vendorSteps = [
  { id: "preflight", title: "preflight: check both nodes and every gateway host" },
  { id: "backup", title: "backup of the donor" },
  { id: "stop-links", title: "stop both links, make the replication account of this run" },
  { id: "stop-gateways", title: "stop the gateways on every host and prove it" },
  { id: "compare", title: "compare the contents, prove the direction" },
  { id: "fence", title: "fence the recipient" },
  { id: "reset", title: "reset the logs: recipient first, donor last" },
  { id: "clone", title: "clone donor -> recipient" },
  { id: "wire-recipient", title: "wire recipient <- donor, compare the contents" },
  { id: "wire-donor", title: "wire donor <- recipient, prove both links, lift the fence" },
  { id: "start-gateways", title: "start the gateways, one host after the other" },
  { id: "verify", title: "verify: threads, lag, tokens, contents" },
] as const satisfies readonly PlannedStep[];

/** Of a run whose copy was proved before it was cut short: the gateways first, then the proof that its backup is whole. */
export const finishingSteps: readonly PlannedStep[] = ["start-gateways", "backup", "verify"].flatMap(
  (id) => vendorSteps.find((step) => step.id === id) ?? [],
);

/** No data is overwritten; it has neither journal nor undo, so what it did to links and accounts stays. */
export const isMild = ({ remedy }: Plan): boolean => remedy !== "reinitialise";

const mildTitles: Record<Exclude<RemedyKind, "reinitialise">, (side: Side) => string> = {
  "start-server": (side) => `start the MySQL server of the ${side}`,
  "start-threads": (side) => `start the replication threads of the ${side}`,
  repoint: (side) => `give the ${side} a new replication account and point it at its source again`,
};

export type MildRemedy = keyof typeof mildTitles;

export const mildStep = (kind: MildRemedy, side: Side): PlannedStep => ({
  id: kind,
  title: mildTitles[kind](side),
  side,
});

export const proveLinks: PlannedStep = { id: "prove-links", title: "prove both links" };
