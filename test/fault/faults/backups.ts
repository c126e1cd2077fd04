import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import type { Lab } from "../../../lab/lab.ts";
import type { Fault } from "../fault.ts";
import { donor, journalOn } from "../nodes.ts";
import { points, stepIndex } from "../points.ts";
import { killProvider } from "./kills.ts";

const first = points.findIndex(({ name }) => name === "after-backup");

/** The file of the run at hand. */
const madeBackup = (lab: Lab): string => {
  const made = journalOn(lab, donor)?.events.flatMap((event) =>
    "facts" in event && event.facts?.backup ? [event.facts.backup as { file: string }] : [],
  );
  return made?.at(-1)?.file ?? "";
};

/** While nobody looks something happens to the backup of the run: the next one must not rely on it. */
const damaged = (name: string, damage: (file: string) => void): Fault => ({
  name,
  silences: true,
  excuses: { [donor]: [10] },
  strikes: (point) => points.indexOf(point) >= first && point.step !== "verify",
  expects: killProvider.expects,
  async inject(strike) {
    await killProvider.inject(strike);
    damage(madeBackup(strike.lab));
  },
});

const cut = (file: string): void => truncateSync(file, statSync(file).size - 100);

export const backupTruncated = damaged("backup-truncated", cut);

/** The run goes on, and proves its backup once more before it fences. */
export const backupCutMeanwhile: Fault = {
  name: "backup-cut-meanwhile",
  says: /no longer what was made/,
  at: () => donor,
  excuses: { [donor]: [10] },
  strikes: (point) => points.indexOf(point) >= first && point.index < stepIndex("compare"),
  expects: () => ["undone"],
  inject: async ({ lab }) => cut(madeBackup(lab)),
};

export const backupByteFlipped = damaged("backup-byte-flipped", (file) => {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
});

export const backupTableMissing = damaged("backup-table-missing", (file) => {
  const bytes = readFileSync(file);
  const from = bytes.indexOf("CREATE TABLE `audit_detail`");
  const to = bytes.indexOf("CREATE TABLE", from + 1);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
});
