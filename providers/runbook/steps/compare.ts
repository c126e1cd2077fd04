import { isIntact } from "../../clone/backup.ts";
import { SafetyError } from "../../errors.ts";
import { compareContents } from "../../observe/contents.ts";
import type { Contents, TableDifference } from "../../observe/observation.ts";
import { saveRows } from "../../observe/salvage.ts";
import { isLoss, mayDiscard, tableClass } from "../../profile/profile.ts";
import { requireFact } from "../facts.ts";
import { newerVersions } from "../newer-versions.ts";
import { type Context, minutes, type Step } from "../step.ts";
import { fenceHolds } from "./fence.ts";

/**
 * Proves the direction on contents, with nobody writing: never on GTID sets or positions. What the recipient alone has
 * would be gone after the clone, so it is refused and listed, or saved first where policy says so.
 */
export const compare: Step = {
  id: "compare",
  timeoutMs: minutes(8 * 60),
  async satisfied({ plan, facts, recipient }) {
    // A fenced recipient may be half overwritten: it proves nothing, and the direction was proved before the fence. Where
    // the fence was never closed, or does not hold, somebody may have written there since.
    if (!plan.resumes?.fenced) return undefined;
    const confirmed = `the operator has confirmed run ${plan.resumes.runId}`;
    // Of an earlier attempt, as long as no fence of its own was closed since.
    if (plan.resumes.unproved || (facts.confirmed && facts.fenceLifted === undefined)) return confirmed;
    if (facts.fenceLifted !== false || !(await fenceHolds(recipient))) return undefined;
    if (facts.confirmed) return confirmed;
    return facts.compared ? "the direction was proved before the fence, and the fence holds" : undefined;
  },
  async run(context) {
    const { node, recipient, tell } = context;
    await proveBackup(context);
    const contents = await compareContents(node("primary"), node("secondary"), { donor: context.donor.host.side });
    const lost = contents.differences.filter((difference) => lostRows(context, difference) > 0);
    await refuseLoss(context, contents, lost);
    await tellSessions(context, contents);
    const saved =
      lost.length > 0
        ? await saveRows(context.donor, recipient, { runId: context.runId, differences: lost })
        : undefined;
    if (saved)
      await tell(
        `rows of ${recipient.host.name} that the clone overwrites were saved: ${context.donor.host.backupFolder}/${saved.file} on ${context.donor.host.name}`,
      );
    const recipientOnlyRows = lost.reduce((sum, { onlyOn }) => sum + onlyOn[recipient.host.side].count, 0);
    return {
      compared: {
        tables: contents.tablesCompared,
        recipientOnlyRows,
      },
      savedRows: [
        ...(context.facts.savedRows ?? []),
        ...(saved ? [`${context.donor.host.backupFolder}/${saved.file}`] : []),
      ],
    };
  },
};

/** The last step before anything is destroyed: somebody may have tidied up, or a disk may have failed, since it was made. */
const proveBackup = async ({ donor, facts }: Context): Promise<void> => {
  const backup = requireFact(facts, "backup");
  if (await isIntact(donor, backup)) return;
  throw new SafetyError(`the backup ${backup.file} is no longer what was made: its size or its sha256 differs`, {
    node: donor.host.name,
    next: "find out who changed it, then run npx pulumi up again: it makes a new one",
  });
};

/** Rows of the recipient that the clone makes disappear: only there, or other contents under the same key. */
const lostRows = ({ recipient, profile }: Context, difference: TableDifference): number =>
  isLoss(profile, difference.schema, difference.table)
    ? difference.onlyOn[recipient.host.side].count + difference.changed.count
    : 0;

const tellSessions = async ({ recipient, profile, tell }: Context, { differences }: Contents): Promise<void> => {
  const { side, name } = recipient.host;
  const tables = differences
    .filter(({ schema, table, onlyOn }) => onlyOn[side].count > 0 && tableClass(profile, schema, table) === "session")
    .map(({ schema, table, onlyOn }) => `${schema}.${table} (${onlyOn[side].count})`);
  if (tables.length > 0) await tell(`sessions that only ${name} has are let go, and begin anew: ${tables.join(", ")}`);
};

const refuseLoss = async (context: Context, contents: Contents, lost: readonly TableDifference[]): Promise<void> => {
  const { recipient, donor, pair, profile } = context;
  const side = recipient.host.side;
  const only = lost.filter(({ onlyOn }) => onlyOn[side].count > 0);
  const never = only.filter(({ schema, table }) => !mayDiscard(profile, schema, table));
  const newer = await newerVersions(
    donor,
    recipient,
    lost.filter(({ schema, table }) => !mayDiscard(profile, schema, table)),
  );
  const objects = (contents.objects ?? []).filter(({ what }) => what === `only-on-${side}`);
  const reasons = [
    ...objects.map(({ kind, name }) => `${kind} ${name}: only there, never discarded`),
    ...contents.skipped.map(({ table, reason }) => `${table} could not be compared: ${reason}`),
    ...never.map((difference) => `${rowsText(difference, side)}: never discarded`),
    ...newer,
    ...(pair.policy.recipientOnlyRows === "refuse"
      ? only.filter((difference) => !never.includes(difference)).map((difference) => rowsText(difference, side))
      : []),
  ];
  if (reasons.length === 0) return;
  throw new SafetyError(
    [
      `${recipient.host.name} has what ${donor.host.name} lacks, and it would be overwritten:`,
      ...reasons.map((reason) => `  ${reason}`),
    ].join("\n"),
    {
      node: recipient.host.name,
      next: `${mayArrive(context)}${wayOut(never.length + newer.length + objects.length > 0, donor.host.name)}`,
    },
  );
};

const rowsText = ({ schema, table, onlyOn }: TableDifference, side: "primary" | "secondary"): string => {
  const { count, keys } = onlyOn[side];
  return `${schema}.${table}: ${count} row${count === 1 ? "" : "s"} (${keys.join(", ")}${count > keys.length ? ", ..." : ""})`;
};

/** An earlier attempt had stopped the donor's link: nothing was carried in this one, whose undo starts it again. */
const mayArrive = ({ plan, donor, facts }: Context): string =>
  plan.resumes && !plan.resumes.fenced && facts.threadsBefore?.[donor.host.side] && !facts.donorLinkRan
    ? `run npx pulumi up again: ${donor.host.name}'s link, which runs once more, may have brought them over by then. If not, `
    : "";

const wayOut = (irreplaceable: boolean, donor: string): string =>
  irreplaceable
    ? `carry these rows over to ${donor} by hand (or make the other side the donor: replication-pair:policy.donor), then run npx pulumi up again`
    : "to save them to a file and let them go: npx pulumi config set --path 'policy.recipientOnlyRows' save-and-discard, then npx pulumi up";
