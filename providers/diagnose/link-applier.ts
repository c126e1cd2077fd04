import type { Fault } from "../mysql/replica-status.ts";
import { tableClass } from "../profile/profile.ts";
import { applierCauses } from "./applier-causes.ts";
import { type Cause, causeOf } from "./cause.ts";
import { ifItCanGoOn } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { type LinkView, linkFinding } from "./link-view.ts";
import { faultText, tableIn } from "./server-words.ts";

/** Why the applier stopped with an error. */
export const linkApplier = (view: LinkView): readonly Finding[] => {
  const applier = view.status?.sql;
  if (!applier?.fault || applier.state === "running") return [];
  const { fault } = applier;
  const cause = causeOf(fault, applierCauses) ?? unrecognised(fault);
  const table = tableIn(fault.message);
  const { remedy, advice } = ifItCanGoOn(view, cause);
  return [
    linkFinding(view, {
      code: cause.code,
      what: `${cause.what}${table ? ` (${table})` : ""}; the applier stopped`,
      evidence: faultText(fault),
      remedy,
      advice: [advice, ...returns(view, cause, table)].join("; "),
    }),
  ];
};

const unrecognised = ({ code }: Fault): Cause => ({
  code: "applier-error-unrecognised",
  what: `unrecognised error ${code}`,
  remedy: "none",
  advice:
    "read the server's words and its error log; where a fresh copy is the answer, change replication-pair:triggers",
});

/** Article 141122: these tables are written by every gateway host, and break again while two of them use two databases. */
const returns = ({ profile }: LinkView, { code }: Cause, table: string | undefined): readonly string[] => {
  const [schema = "", name = ""] = table?.split(".") ?? [];
  const metrics = table !== undefined && tableClass(profile, schema, name) === "metrics";
  return metrics && ["duplicate-key", "foreign-key"].includes(code)
    ? [
        "this is a metrics table: it happens again when two gateways write to two databases (failover order, node.id) or during a gateway backup",
      ]
    : [];
};
