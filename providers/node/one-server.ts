import { UnreachableError } from "../errors.ts";
import { type MysqlDoor, type OwnSession, openMysqlSession } from "./mysql.ts";

/**
 * Opens sessions of one server only, the one of the first session. Its address may move to the other server meanwhile: what
 * was meant for the one must never reach the other. UnreachableError where another one answers.
 */
export const toOneServer = (door: MysqlDoor): ((timeoutMs: number) => Promise<OwnSession>) => {
  let known: string | undefined;
  return async (timeoutMs) => {
    const session = await openMysqlSession(door, timeoutMs);
    known ??= session.serverUuid;
    if (session.serverUuid === known) return session;
    await session.close();
    throw new UnreachableError(
      `${door.name}: another server answers there now: its server_uuid is ${session.serverUuid}, it was ${known}`,
      { node: door.name, next: "find out where its address leads, then run npx pulumi refresh" },
    );
  };
};
