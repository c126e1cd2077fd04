import { withSql } from "../sql.ts";
import type { Break } from "./break.ts";
import { waitSeen } from "./seen.ts";

export const stopThreads: Break = {
  name: "stop-threads",
  summary: "replication is stopped cleanly, without an error",
  usualReplica: "secondary",
  async run({ record, replica, say }) {
    await withSql(record, replica, (sql) => sql.query("STOP REPLICA"));
    say(`STOP REPLICA on the ${replica}`);
    await waitSeen(record, replica, (link) => link?.io === "No" && link.sql === "No", say);
  },
};
