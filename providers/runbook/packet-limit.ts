import { sql } from "../mysql/statement.ts";
import type { Node } from "../node/node.ts";
import { variable } from "./replica.ts";
import type { Facts } from "./step.ts";

const STATEMENT_MS = 30_000;
/** The most that a server takes, in bytes. */
const LARGEST = 1024 ** 3;

export const packetLimitOf = async (node: Node): Promise<number> => Number(await variable(node, "max_allowed_packet"));

const set = (recipient: Node, bytes: number): Promise<unknown> =>
  recipient.query(sql`SET GLOBAL max_allowed_packet = ${bytes}`, STATEMENT_MS);

/** For the load: a value that the donor took comes as a statement, twice as long in hexadecimal (1153). In memory only. */
export const raisePacketLimit = (recipient: Node): Promise<unknown> => set(recipient, LARGEST);

export const restorePacketLimit = async (recipient: Node, { packetBytesBefore }: Facts): Promise<void> => {
  if (packetBytesBefore !== undefined) await set(recipient, packetBytesBefore);
};
