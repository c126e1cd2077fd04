import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import type { Fault } from "../fault.ts";
import { donor, journalOn } from "../nodes.ts";
import { points } from "../points.ts";
import { killProvider } from "./kills.ts";

const first = points.findIndex(({ name }) => name === "after-backup");

/** While nobody looks something happens to the backup of the run: the next one must not rely on it. */
const damaged = (name: string, damage: (file: string) => void): Fault => ({
  name,
  silences: true,
  excuses: { [donor]: [10] },
  strikes: (point) => points.indexOf(point) >= first && point.step !== "verify",
  expects: killProvider.expects,
  async inject(strike) {
    await killProvider.inject(strike);
    const made = journalOn(strike.lab, donor)?.events.flatMap((event) =>
      "facts" in event && event.facts?.backup ? [event.facts.backup as { file: string }] : [],
    );
    damage(made?.at(-1)?.file ?? "");
  },
});

export const backupTruncated = damaged("backup-truncated", (file) => truncateSync(file, statSync(file).size - 100));

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
