import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mysqlRuns } from "../../../lab/host/mysqld.ts";
import { signal } from "../../../lab/processes.ts";
import { socketOf } from "../../../lab/record.ts";
import { waitFor } from "../../../lab/wait.ts";
import { bringUp } from "../node/lab-nodes.ts";

describe("the lab's mysqld", () => {
  it("starts after a kill though the pid that it left in its socket's lock is somebody's now", async () => {
    const lab = await bringUp("mysql-9.7");
    const lock = `${socketOf(lab.record(), "secondary")}.lock`;
    // Not the lab's own break, which waits for the link to see it: by then the supervisor has long ended.
    signal(Number(readFileSync(lock, "utf8")), "SIGKILL");
    await waitFor("mysqld to be gone", async () => !(await mysqlRuns(lab.record(), "secondary")), 10_000);
    writeFileSync(lock, `${process.pid}\n`);
    await lab.server("secondary", "start");
    assert.notEqual(Number(readFileSync(lock, "utf8")), process.pid);
  });
});
