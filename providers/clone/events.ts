import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { isUserSchema } from "../profile/profile.ts";
import { unlogged } from "./unlogged.ts";

export interface EventName {
  readonly schema: string;
  readonly name: string;
}

export const enabledEvents = async (node: Node): Promise<readonly EventName[]> => {
  const events = await node.query<EventName>(
    sql`SELECT EVENT_SCHEMA AS \`schema\`, EVENT_NAME AS name FROM information_schema.EVENTS WHERE STATUS = 'ENABLED'`,
    30_000,
  );
  return events.filter(({ schema }) => isUserSchema(schema)).map(({ schema, name }) => ({ schema, name }));
};

/**
 * A loaded event is enabled, and would run on both nodes. Replication itself marks a replica's copy as disabled there;
 * the same is done by hand, unlogged (MySQL manual, "Replication of Invoked Features").
 */
export const disableEvents = async (recipient: Node): Promise<void> => {
  const events = await enabledEvents(recipient);
  await unlogged(
    recipient,
    events.map(({ schema, name }) => recipient.dialect.disableEvent(schema, name)),
  );
};

/** Those that ran on the recipient before it was overwritten, and run on no other node: it is where they run. Unlogged. */
export const enableEvents = async (recipient: Node, donor: Node, before: readonly EventName[]): Promise<void> => {
  const key = ({ schema, name }: EventName): string => JSON.stringify([schema, name]);
  const running = (await enabledEvents(donor)).map(key);
  const present = (
    await recipient.query<EventName>(
      sql`SELECT EVENT_SCHEMA AS \`schema\`, EVENT_NAME AS name FROM information_schema.EVENTS`,
      30_000,
    )
  ).map(key);
  const its = before.filter((event) => present.includes(key(event)) && !running.includes(key(event)));
  await unlogged(
    recipient,
    its.map(({ schema, name }) => recipient.dialect.enableEvent(schema, name)),
  );
};
