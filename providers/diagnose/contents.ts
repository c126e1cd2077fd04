import type { Contents, TableDifference } from "../observe/observation.ts";
import { otherSide, type Policy, type Side } from "../pair.ts";
import { isLoss, mayDiscard, type Profile, tableClass } from "../profile/profile.ts";
import type { Finding } from "./finding.ts";
import { limits } from "./limits.ts";

const TABLES_SHOWN_MAX = 30;

export interface ContentsRules {
  readonly policy: Pick<Policy, "donor" | "recipientOnlyRows">;
  readonly profile: Profile;
  /** A link is down for a reason that a mild remedy mends: what differs now may still travel. */
  readonly mayStillTravel: boolean;
}

/** What the comparison of rows proves. Heartbeat tables are left out: they are written anew by themselves. */
export const contentsFindings = (contents: Contents | undefined, rules: ContentsRules): readonly Finding[] => {
  if (!contents) return [];
  const recipient = otherSide(rules.policy.donor);
  const differences = contents.differences.filter(
    ({ schema, table }) => tableClass(rules.profile, schema, table) !== "rebuilt",
  );
  const isOnly = ({ schema, table, onlyOn, missingOn }: TableDifference): boolean =>
    missingOn === rules.policy.donor || (onlyOn[recipient].count > 0 && isLoss(rules.profile, schema, table));
  const only = differences.filter(isOnly);
  const others = differences.filter(
    (its) =>
      !isOnly(its) || its.onlyOn[rules.policy.donor].count + its.changed.count > 0 || its.structure !== undefined,
  );
  return [
    ...(only.length > 0 ? [recipientOnly(only, rules)] : []),
    ...(others.length > 0 || (contents.objects ?? []).length > 0 ? [differ(others, contents, rules)] : []),
    ...(contents.skipped.length > 0 ? [notCompared(contents)] : []),
  ];
};

const recipientOnly = (only: readonly TableDifference[], rules: ContentsRules): Finding => {
  const recipient = otherSide(rules.policy.donor);
  const rows = only.reduce((sum, { onlyOn }) => sum + onlyOn[recipient].count, 0);
  return {
    code: "recipient-only-rows",
    subject: "pair",
    sentence: `the ${recipient} has ${rows} row${rows === 1 ? "" : "s"} in ${only.length} table${only.length === 1 ? "" : "s"} that the ${rules.policy.donor} lacks`,
    evidence: tablesText(only, recipient),
    ...(rules.mayStillTravel ? travelling : recipientOnlyRemedy(only, rules)),
  };
};

const travelling = {
  severity: "note",
  remedy: "wait",
  advice: "a link is down for a reason that a mild remedy mends: compare again when both links run",
} as const;

/** Letting rows go is the operator's decision, and never possible for what people made. */
const recipientOnlyRemedy = (
  only: readonly TableDifference[],
  { policy, profile }: ContentsRules,
): Pick<Finding, "severity" | "remedy" | "advice"> => {
  const never = only.filter(({ schema, table }) => !mayDiscard(profile, schema, table)).map(nameOf);
  if (never.length > 0)
    return {
      severity: "broken",
      remedy: "none",
      advice: `rows of ${never.join(", ")} are never discarded: carry them over by hand, or make the other side the donor (replication-pair:policy.donor)`,
    };
  if (policy.recipientOnlyRows === "refuse")
    return {
      severity: "broken",
      remedy: "none",
      advice:
        "a reinitialisation would lose them; to save them to a file first and let them go, set replication-pair:policy.recipientOnlyRows to save-and-discard",
    };
  return {
    severity: "broken",
    remedy: "reinitialise",
    advice: "no link carries these rows over any more; they are saved to a file, then the recipient is copied anew",
  };
};

const differ = (others: readonly TableDifference[], contents: Contents, rules: ContentsRules): Finding => {
  const objects = (contents.objects ?? [])
    .slice(0, TABLES_SHOWN_MAX)
    .map(({ kind, name, what }) => `${kind} ${name}: ${what}`);
  return {
    code: "contents-differ",
    subject: "pair",
    sentence: `the contents differ in ${others.length} of ${contents.tablesCompared} tables${objects.length > 0 ? ` and ${contents.objects?.length} definitions` : ""}`,
    evidence: [...(others.length > 0 ? [tablesText(others, rules.policy.donor)] : []), ...objects].join("; "),
    ...(rules.mayStillTravel
      ? travelling
      : {
          severity: "broken" as const,
          remedy: "reinitialise" as const,
          advice: "no event of any log makes these rows equal again: the recipient is copied anew",
        }),
  };
};

const notCompared = ({ skipped }: Contents): Finding => ({
  code: "not-compared",
  subject: "pair",
  severity: "note",
  sentence: `${skipped.length} table${skipped.length === 1 ? " was" : "s were"} not compared`,
  evidence: skipped
    .slice(0, TABLES_SHOWN_MAX)
    .map(({ table, reason }) => `${table}: ${reason}`)
    .join("; "),
  remedy: "none",
  advice: "nothing is known of their rows; a reinitialisation compares every table before it overwrites anything",
});

const nameOf = ({ schema, table }: TableDifference): string => `${schema}.${table}`;

const tablesText = (differences: readonly TableDifference[], side: Side): string => {
  const shown = differences.slice(0, TABLES_SHOWN_MAX).map((difference) => {
    const { onlyOn, changed, rows, missingOn, structure } = difference;
    const parts = [
      ...(missingOn ? [`the ${missingOn} has no such table`] : []),
      ...(structure ? [structure] : []),
      ...(onlyOn[side].count > 0 ? [`${onlyOn[side].count} only on the ${side} (${keysText(onlyOn[side])})`] : []),
      ...(changed.count > 0 ? [`${changed.count} changed (${keysText(changed)})`] : []),
      `rows ${rows.primary}/${rows.secondary}`,
    ];
    return `${nameOf(difference)}: ${parts.join(", ")}`;
  });
  return [
    ...shown,
    ...(differences.length > shown.length ? [`and ${differences.length - shown.length} more tables`] : []),
  ].join("; ");
};

const keysText = ({ count, keys }: { readonly count: number; readonly keys: readonly string[] }): string =>
  [...keys.slice(0, limits.keysShownMax), ...(count > Math.min(limits.keysShownMax, keys.length) ? ["..."] : [])].join(
    " ",
  );
