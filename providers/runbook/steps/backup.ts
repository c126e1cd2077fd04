import { backupText, isIntact, makeBackup, removePartialBackup } from "../../clone/backup.ts";
import { minutes, type Step } from "../step.ts";
import { transferLimitSeconds } from "../transfer-limit.ts";

/** Article steps 1 to 3, of the donor while it serves. A dump tool's exit code proves nothing: the file is read back. */
export const backup: Step = {
  id: "backup",
  timeoutMs: minutes(24 * 60),
  async satisfied({ facts, donor }) {
    const made = facts.backup;
    return made && (await isIntact(donor, made)) ? `${made.file} of this run is whole, its hash is right` : undefined;
  },
  async run({ donor, runId, plan, facts, tell }) {
    if (facts.backup)
      await tell(
        `${facts.backup.file} is no longer what this run made: a new backup is made, and what is left of it kept as ${facts.backup.file}.unproved`,
      );
    const limitSeconds = transferLimitSeconds(plan.bytes);
    const made = await makeBackup({ donor, runId, expectedBytes: plan.bytes, limitSeconds, tell });
    await tell(`backup on ${donor.host.name}: ${backupText(made)}`);
    return { backup: made };
  },
  undo: ({ donor, runId }) => removePartialBackup(donor, runId),
};
