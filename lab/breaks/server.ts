import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mysqlRuns } from "../host/mysqld.ts";
import { commandLineOf, signal } from "../processes.ts";
import { hostOf, otherSide } from "../record.ts";
import { linkStatus } from "../replication.ts";
import { waitFor } from "../wait.ts";
import { type Break, ioFault } from "./break.ts";
import { waitSeen } from "./seen.ts";

export const killServer: Break = {
  name: "kill-server",
  summary: "mysqld is killed with -9, as a crash would; `service mysql start` on its host brings it back",
  usualReplica: "secondary",
  async run({ record, replica: side, say }) {
    const { folder } = hostOf(record, side);
    // Its supervisor buries it and ends: it starts a server again only when that asked for it (exit code 16).
    const path = join(folder, "mysqld.pid");
    const pid = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
    if (pid && commandLineOf(pid).includes(join(folder, "my.cnf"))) signal(pid, "SIGKILL");
    await waitFor(`mysqld of the ${side} to be gone`, async () => !(await mysqlRuns(record, side)), 10_000);
    say(`mysqld of the ${side} was killed with -9; nothing starts it again by itself`);
    const peer = otherSide(side);
    if ((await linkStatus(record, peer)) !== undefined) await waitSeen(record, peer, ioFault(2003, 2013), say);
  },
};
