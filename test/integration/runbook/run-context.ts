import type { UnfinishedRun } from "../../../providers/diagnose/reconcile.ts";
import type { Node } from "../../../providers/node/node.ts";
import { otherSide, type Pair, type Side } from "../../../providers/pair.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";
import { createGuard } from "../../../providers/runbook/guard.ts";
import type { Context } from "../../../providers/runbook/step.ts";
import type { OpenedLab } from "../../support/opened-lab.ts";

export interface RunOf {
  readonly donor?: Side;
  readonly policy?: Partial<Pair["policy"]>;
  readonly bytes?: number;
}

/** What a step of a run between the two servers of a lab works with; it journals nothing. */
export const contextOf = (opened: OpenedLab, nodes: Readonly<Record<Side, Node>>, run: RunOf = {}): Context => {
  const { donor: side = "primary", policy = {}, bytes = 1000 } = run;
  const pair: Pair = { ...opened.pair, policy: { ...opened.pair.policy, ...policy } };
  const [donor, recipient] = [nodes[side], nodes[otherSide(side)]];
  const runId = "20261125T000000Z-0a0b0c0d";
  const tell = async (): Promise<void> => {};
  const plan: Context["plan"] = {
    ...{ remedy: "reinitialise", why: "", notMilder: [], donor: side, recipient: otherSide(side), steps: [] },
    ...{ overwrites: true, bytes, estimatedSeconds: 0, outageSeconds: 0, refusals: [], warnings: [], voids: [] },
  };
  return {
    ...{ pair, profile: profileOf(pair.profile), plan, runId, donor, recipient },
    ...{ hosts: [], reach: opened.reach, tell },
    node: (its) => nodes[its],
    guard: createGuard({ runId, donor, recipient, hosts: [], limitSeconds: 300, tell }),
    facts: {},
    accountPassword: "",
    note: async () => {},
    assertOurs: async () => {},
  };
};

/** The same in a later attempt. */
export const resuming = (context: Context, run: Partial<UnfinishedRun>): Context => {
  const { runId, plan } = context;
  const cut = { runId, state: "S0", lastStep: "preflight", donor: plan.donor } as const;
  return {
    ...context,
    plan: { ...plan, resumes: { ...cut, ...{ fenced: false, unproved: false, copyProved: false }, ...run } },
  };
};
