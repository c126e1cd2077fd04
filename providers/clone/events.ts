import type { DefinedEvent, EventName } from "../mysql/dialect.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { isUserSchema } from "../profile/profile.ts";
import { unlogged } from "./unlogged.ts";

/** status: ENABLED, DISABLED, SLAVESIDE_DISABLED (later REPLICA_SIDE_DISABLED). */
type EventRow = DefinedEvent & { readonly status: string };

const readEvents = async (node: Node): Promise<readonly EventRow[]> => {
  const events = await node.query<EventRow>(
    sql`SELECT EVENT_SCHEMA AS \`schema\`, EVENT_NAME AS name, DEFINER AS definer, STATUS AS status FROM information_schema.EVENTS`,
    30_000,
  );
  return events.filter(({ schema }) => isUserSchema(schema));
};

const isEnabled = ({ status }: EventRow): boolean => status === "ENABLED";

export const enabledEvents = async (node: Node): Promise<readonly EventName[]> =>
  (await readEvents(node)).filter(isEnabled).map(({ schema, name }) => ({ schema, name }));

/**
 * A loaded event is enabled, and would run on both nodes. Replication itself marks a replica's copy as disabled there;
 * the same is done by hand, unlogged (MySQL manual, "Replication of Invoked Features").
 */
export const disableEvents = async (recipient: Node): Promise<void> => {
  const events = (await readEvents(recipient)).filter(isEnabled);
  await unlogged(
    recipient,
    events.map((event) => recipient.dialect.alterEvent(event, "DISABLE ON SLAVE")),
  );
};

/**
 * Those that ran on the recipient before it was overwritten, where the donor's copy is marked as a replica's: the recipient
 * is where they run. One that somebody disabled on the donor stays disabled. Unlogged.
 */
export const enableEvents = async (recipient: Node, donor: Node, before: readonly EventName[]): Promise<void> => {
  const key = ({ schema, name }: EventName): string => JSON.stringify([schema, name]);
  const ran = before.map(key);
  const marked = (await readEvents(donor)).filter(({ status }) => status.endsWith("SIDE_DISABLED")).map(key);
  const events = (await readEvents(recipient)).filter(
    (event) => ran.includes(key(event)) && marked.includes(key(event)),
  );
  await unlogged(
    recipient,
    events.map((event) => recipient.dialect.alterEvent(event, "ENABLE")),
  );
};
