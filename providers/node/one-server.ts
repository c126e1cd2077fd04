import { UnreachableError } from "../errors.ts";
import { sql } from "../mysql/statement.ts";
import { type MysqlDoor, openMysqlSession } from "./mysql.ts";
import type { Session } from "./node.ts";

/**
 * Opens sessions of one server only, the one of the first session. Its address may move to the other server meanwhile: what
 * was meant for the one must never reach the other. UnreachableError where another one answers.
 */
export const toOneServer = (door: MysqlDoor): typeof open => {
  let known: string | undefined;
  const open = async (timeoutMs: number): ReturnType<typeof openMysqlSession> => {
    const session = await openMysqlSession(door, timeoutMs);
    try {
      const answers = await serverUuid(session, timeoutMs);
      known ??= answers;
      if (answers === known) return session;
      throw new UnreachableError(
        `${door.name}: another server answers there now: its server_uuid is ${answers}, it was ${known}`,
        { node: door.name, next: "find out where its address leads, then run npx pulumi refresh" },
      );
    } catch (error) {
      await session.close();
      throw error;
    }
  };
  return open;
};

/** "" of servers that have none (MariaDB). */
const serverUuid = async (session: Session, timeoutMs: number): Promise<string> => {
  const rows = await session.query<{ Value: string }>(sql`SHOW GLOBAL VARIABLES LIKE 'server_uuid'`, timeoutMs);
  return rows[0]?.Value ?? "";
};
