import { type LabRecord, otherSide, type Side } from "../record.ts";
import { describe, type LinkStatus, linkStatus } from "../replication.ts";
import type { Say } from "../say.ts";
import { waitFor } from "../wait.ts";

/** Waits until the replica itself shows what was done to its link, and says it in the server's words. */
export async function waitSeen(
  record: LabRecord,
  replica: Side,
  isSeen: (link: LinkStatus | undefined) => boolean,
  say: Say,
): Promise<void> {
  let link: LinkStatus | undefined;
  await waitFor(
    `the ${replica} to show that its link is broken`,
    async () => {
      link = await linkStatus(record, replica);
      return isSeen(link);
    },
    60_000,
    () => describe(link),
  );
  say(`Seen on link ${replica} <- ${otherSide(replica)}: ${describe(link)}`);
}
