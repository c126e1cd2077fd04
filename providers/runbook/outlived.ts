import type { Node } from "../node/node.ts";
import type { ClientSession } from "../observe/sessions.ts";

export interface SessionThere {
  readonly node: Node;
  readonly session: ClientSession;
}

/** Longer than the pools of a living gateway leave a connection unused. */
const IDLE_SECONDS = 30;

export const clientOf = ({ node, session }: SessionThere): string =>
  `${session.user}@${session.host} on ${node.host.name}`;

/**
 * Sessions whose client is gone without a word: its host lost its network, and the server keeps them until wait_timeout,
 * eight hours as a rule. To be asked when no gateway process is left anywhere. One session in use, or one that comes back
 * after they were ended, shows a living client, on a host that nobody named: it is left, and found.
 */
export const outlived = (sessions: readonly SessionThere[], ended: ReadonlySet<string>): readonly SessionThere[] => {
  const alive = new Set(sessions.filter((its) => !isIdle(its)).map(clientOf));
  return sessions.filter((its) => !alive.has(clientOf(its)) && !ended.has(clientOf(its)));
};

const isIdle = ({ session }: SessionThere): boolean => session.command === "Sleep" && session.seconds >= IDLE_SECONDS;
