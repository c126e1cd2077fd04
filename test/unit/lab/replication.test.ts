import assert from "node:assert/strict";
import { isRunning, type LinkStatus, describe as sentence } from "../../../lab/replication.ts";

const healthy: LinkStatus = {
  replica: "secondary",
  sourceHost: "127.77.1.1",
  io: "Yes",
  sql: "Yes",
  ioErrno: 0,
  ioError: "",
  sqlErrno: 0,
  sqlError: "",
  secondsBehind: 0,
  file: "ssgbin-log.000002",
  offset: 157,
};

describe("lab/replication", () => {
  it("tells a running link with its lag", () => {
    assert.equal(sentence(healthy), "from 127.77.1.1, IO Yes, SQL Yes, 0 s behind");
  });

  it("tells a broken link in the server's words, and no lag", () => {
    const broken = { ...healthy, sql: "No", sqlErrno: 1062, sqlError: "Duplicate entry", secondsBehind: null };
    assert.equal(sentence(broken), "from 127.77.1.1, IO Yes, SQL No; SQL error 1062: Duplicate entry");
  });

  it("calls a link running only when both threads run", () => {
    assert.equal(isRunning({ ...healthy, io: "Connecting" }), false);
    assert.equal(isRunning(undefined), false);
    assert.equal(isRunning(healthy), true);
  });
});
