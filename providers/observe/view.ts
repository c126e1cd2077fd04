import { sql } from "../mysql/statement.ts";
import type { Session } from "../node/node.ts";
import { otherSide, type Side } from "../pair.ts";
import type { Nodes } from "./both-sides.ts";
import { openReadingSession } from "./reading-session.ts";

const STATEMENT_MS = 30_000;

export type Sessions = Readonly<Record<Side, Session>>;

/**
 * One frozen, consistent view of all InnoDB tables on each side. The recipient's is frozen first: what it had from the
 * donor is then on the donor too, unless the donor deleted it in between. The other way round each row in flight would
 * look like a row of the recipient's own.
 */
export interface View {
  sessions(): Sessions;
  /** Freezes the present state of both sides. */
  renew(): Promise<void>;
  /** The same on new sessions: after an error it is not certain that a session outlived it. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export const openView = async (nodes: Nodes, donor: Side): Promise<View> => {
  let sessions = await openSessions(nodes);
  const close = (): Promise<unknown> => Promise.allSettled([sessions.primary.close(), sessions.secondary.close()]);
  const renew = async (): Promise<void> => {
    await freeze(sessions[otherSide(donor)]);
    await freeze(sessions[donor]);
  };
  try {
    await renew();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    sessions: () => sessions,
    renew,
    async reopen() {
      await close();
      sessions = await openSessions(nodes);
      await renew();
    },
    async close() {
      await close();
    },
  };
};

const openSessions = async (nodes: Nodes): Promise<Sessions> => {
  const [primary, secondary] = await Promise.allSettled([
    openReadingSession(nodes.primary),
    openReadingSession(nodes.secondary),
  ]);
  if (primary.status === "fulfilled" && secondary.status === "fulfilled")
    return { primary: primary.value, secondary: secondary.value };
  for (const opened of [primary, secondary]) if (opened.status === "fulfilled") await opened.value.close();
  throw primary.status === "rejected" ? primary.reason : (secondary as PromiseRejectedResult).reason;
};

const freeze = async (session: Session): Promise<void> => {
  await session.query(sql`SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ`, STATEMENT_MS);
  // Ends the transaction before it.
  await session.query(sql`START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY`, STATEMENT_MS);
};
