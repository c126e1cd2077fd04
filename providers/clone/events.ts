import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { isUserSchema } from "../profile/profile.ts";
import { unlogged } from "./unlogged.ts";

/**
 * A loaded event is enabled, and would run on both nodes. Replication itself marks a replica's copy as disabled there;
 * the same is done by hand, unlogged (MySQL manual, "Replication of Invoked Features").
 */
export const disableEvents = async (recipient: Node): Promise<void> => {
  const events = await recipient.query<{ s: string; n: string }>(
    sql`SELECT EVENT_SCHEMA AS s, EVENT_NAME AS n FROM information_schema.EVENTS WHERE STATUS = 'ENABLED'`,
    30_000,
  );
  const ours = events.filter(({ s }) => isUserSchema(s));
  await unlogged(
    recipient,
    ours.map(({ s, n }) => recipient.dialect.disableEvent(s, n)),
  );
};
