import { SafetyError } from "../errors.ts";
import { sql } from "../mysql/statement.ts";
import { variable } from "./replica.ts";
import type { Context } from "./step.ts";

const STATEMENT_MS = 60_000;
const EVENTS_MAX = 50_000;
/** Events that every log starts with; they carry no change. */
const HEADERS = ["Format_desc", "Previous_gtids", "Rotate", "Stop"];

interface BinlogEvent {
  readonly Log_name: string;
  readonly Pos: number;
  readonly Event_type: string;
  readonly Server_id: number;
}

/**
 * What stands in the recipient's log travels to the donor. Allowed are only events that came from the donor itself
 * (it drops what bears its own server_id). One event of the load, a DROP TABLE say, would destroy the donor's rows.
 */
export const refuseForeignEvents = async ({ donor, recipient }: Context): Promise<void> => {
  const donorId = Number(await variable(donor, "server_id"));
  const logs = await recipient.query<{ Log_name: string }>(sql`SHOW BINARY LOGS`, STATEMENT_MS);
  for (const { Log_name } of logs) {
    const events = await recipient.query<BinlogEvent>(
      { sql: `SHOW BINLOG EVENTS IN ? LIMIT ${EVENTS_MAX}`, values: [Log_name] },
      STATEMENT_MS,
    );
    const foreign = events.find((event) => !HEADERS.includes(event.Event_type) && Number(event.Server_id) !== donorId);
    if (foreign)
      throw new SafetyError(
        `its log holds an event of server_id ${foreign.Server_id} (${foreign.Event_type} at ${foreign.Log_name}:${foreign.Pos}) that would travel to the donor`,
        { node: recipient.host.name, next: "run pulumi up again: it clones once more and empties this log" },
      );
  }
};
