import type { Node } from "../node/node.ts";
import { applicationSessions } from "../observe/sessions.ts";
import type { Context } from "./step.ts";

/** Asks both servers whose sessions they have: the only honest answer to "who serves?". */
export const servesText = async (context: Context): Promise<string> => {
  const parts = await Promise.all([context.donor, context.recipient].map((node) => sessionsText(context, node)));
  return parts.join("; ");
};

const sessionsText = async ({ pair }: Context, node: Node): Promise<string> => {
  try {
    const sessions = await applicationSessions(node, pair.applicationAccounts);
    const hosts = [...new Set(sessions.map(({ host }) => host))];
    return sessions.length === 0
      ? `${node.host.name} has no session of the application`
      : `${node.host.name} serves ${sessions.length} sessions (${hosts.join(", ")})`;
  } catch (error) {
    return `${node.host.name} could not be asked (${(error as Error).message})`;
  }
};
