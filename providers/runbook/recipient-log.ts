import { SafetyError } from "../errors.ts";
import { sql } from "../mysql/statement.ts";
import { variable } from "./replica.ts";
import type { Context } from "./step.ts";

const STATEMENT_MS = 60_000;
/** Of one answer, for the memory that it takes here. */
const PAGE_EVENTS = 20_000;
const FIRST_POSITION = 4;
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
 * (it drops what bears its own server_id). One event of the load, a DROP TABLE say, would destroy the donor's rows. Every
 * event is looked at, in pages: after a halt hours of the donor's own may come before it.
 */
export const refuseForeignEvents = async (
  { donor, recipient }: Pick<Context, "donor" | "recipient">,
  pageEvents = PAGE_EVENTS,
): Promise<void> => {
  const donorId = Number(await variable(donor, "server_id"));
  const logs = await recipient.query<{ Log_name: string }>(sql`SHOW BINARY LOGS`, STATEMENT_MS);
  for (const { Log_name } of logs) {
    let page: readonly BinlogEvent[];
    let from = FIRST_POSITION;
    do {
      page = await recipient.query<BinlogEvent>(
        sql`SHOW BINLOG EVENTS IN ${Log_name} FROM ${from} LIMIT ${pageEvents}`,
        STATEMENT_MS,
      );
      refuseForeign(page, donorId, recipient.host.name);
      // Begins with the last event of this page once more: where an event ends is told in 32 bits only.
      from = Number(page.at(-1)?.Pos);
    } while (page.length >= pageEvents);
  }
};

const refuseForeign = (events: readonly BinlogEvent[], donorId: number, recipient: string): void => {
  const foreign = events.find((event) => !HEADERS.includes(event.Event_type) && Number(event.Server_id) !== donorId);
  if (foreign)
    throw new SafetyError(
      `its log holds an event of server_id ${foreign.Server_id} (${foreign.Event_type} at ${foreign.Log_name}:${foreign.Pos}) that would travel to the donor`,
      { node: recipient, next: "run npx pulumi up again: it clones once more and empties this log" },
    );
};
