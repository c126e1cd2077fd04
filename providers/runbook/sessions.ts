import { isCloneAccount } from "../mysql/run-accounts.ts";
import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { applicationSessions, readSessions } from "../observe/sessions.ts";

const STATEMENT_MS = 15_000;

/** Ends them; new ones are the fence's business. */
export const dropSessions = async (node: Node, accounts: readonly string[]): Promise<void> => {
  for (const session of await applicationSessions(node, accounts)) await endSession(node, session.id);
};

/** Of clones whose client is gone without a word: a host lost its network, and the server keeps them for hours. */
export const dropCloneSessions = async (node: Node): Promise<void> => {
  const { sessions } = await readSessions(node);
  for (const { id, user } of sessions) if (isCloneAccount(user)) await endSession(node, id);
};

export const endSession = async (node: Node, id: number): Promise<void> => {
  await node.query(sql`KILL CONNECTION ${id}`, STATEMENT_MS).catch(ignoreGone);
};

/** 1094 (unknown thread id): it left by itself. */
const ignoreGone = (error: unknown): void => {
  if ((error as { code?: number }).code !== 1094) throw error;
};
