import assert from "node:assert/strict";
import { ExecError, LimitError, SqlError, UnreachableError } from "../../../providers/errors.ts";
import { couldNotLook } from "../../../providers/observe/could-not-look.ts";
import { dumpThreadHosts, sessionsOf } from "../../../providers/observe/sessions.ts";

describe("could not look", () => {
  it("is an answer with a code", () => {
    assert.deepEqual(couldNotLook(new SqlError("too many connections", 1040)), {
      reachable: false,
      reason: "too many connections",
      code: "1040",
    });
    assert.equal(couldNotLook(new UnreachableError("gone")).code, "unreachable");
    assert.equal(couldNotLook(new LimitError("slow")).code, "limit");
    assert.equal(couldNotLook(new ExecError("no pgrep", 127, "")).code, "refused-command");
  });

  it("hides no fault of our own", () => {
    assert.throws(() => couldNotLook(new TypeError("x is undefined")), TypeError);
  });
});

describe("sessions", () => {
  const seen = [
    { id: 5, user: "event_scheduler", host: "localhost", command: "Daemon", seconds: 0 },
    { id: 9, user: "gateway", host: "10.0.0.5", command: "Sleep", seconds: 4 },
    { id: 11, user: "repluser", host: "10.0.0.6", command: "Binlog Dump GTID", seconds: 9 },
    { id: 12, user: "gateway", host: "10.0.0.6", command: "Binlog Dump", seconds: 9 },
  ];

  it("tells the application's from replicas", () => {
    assert.deepEqual(
      sessionsOf(seen, ["gateway"]).map(({ id }) => id),
      [9],
    );
    assert.deepEqual(sessionsOf(seen, []), []);
    assert.deepEqual(dumpThreadHosts(seen), ["10.0.0.6", "10.0.0.6"]);
  });
});
