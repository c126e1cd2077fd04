import { type LabRecord, type Side, sides } from "../record.ts";
import { linkStatus } from "../replication.ts";
import { withSql } from "../sql.ts";
import { type Break, ioFault } from "./break.ts";
import { waitSeen } from "./seen.ts";

export const wrongPassword: Break = {
  name: "wrong-password",
  summary: "the replica logs in to its source with a wrong password (1045)",
  usualReplica: "secondary",
  async run({ record, replica, say }) {
    await repoint(record, replica, "SOURCE_PASSWORD = 'not-the-password'", []);
    say(`The ${replica} was given a wrong replication password`);
    await waitSeen(record, replica, ioFault(1045), say);
  },
};

export const wrongHost: Break = {
  name: "wrong-host",
  summary: "the replica is pointed at an address where no server is",
  usualReplica: "secondary",
  async run({ record, replica, say }) {
    const nobody = `127.77.${record.index}.99`;
    // A new host clears the position, so it is given again: only the address is wrong. Of a stopped replica, or rows that
    // it applies meanwhile would come again.
    await withSql(record, replica, (sql) => sql.query("STOP REPLICA"));
    const link = await linkStatus(record, replica);
    const keep = record.server.gtid || !link?.file ? "" : ", SOURCE_LOG_FILE = ?, SOURCE_LOG_POS = ?";
    await repoint(record, replica, `SOURCE_HOST = ?${keep}`, [nobody, ...(keep ? [link?.file, link?.offset] : [])]);
    say(`The ${replica} was pointed at ${nobody}, where nobody listens`);
    await waitSeen(record, replica, ioFault(2003), say);
  },
};

async function repoint(record: LabRecord, replica: Side, text: string, values: unknown[]): Promise<void> {
  await withSql(record, replica, async (sql) => {
    await sql.query("STOP REPLICA");
    await sql.query(`CHANGE REPLICATION SOURCE TO ${text}`, values);
    await sql.query("START REPLICA");
  });
}

export const notConfigured: Break = {
  name: "not-configured",
  summary: "replication was never set up: on both sides, or with --link on one",
  async run({ record, say, replica, asked }) {
    for (const side of asked ? [replica] : sides) {
      await withSql(record, side, async (sql) => {
        await sql.query("STOP REPLICA");
        await sql.query("RESET REPLICA ALL");
      });
      say(`The ${side} was made to forget its source`);
      await waitSeen(record, side, (link) => link === undefined, say);
    }
  },
};
