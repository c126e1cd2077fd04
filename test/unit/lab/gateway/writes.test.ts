import assert from "node:assert/strict";
import { committedText } from "../../../../lab/gateway/process/gateway.ts";
import { logLine } from "../../../../lab/gateway/process/log.ts";
import { parseWrites } from "../../../../lab/gateway/writes.ts";

describe("writes in a gateway's log", () => {
  it("are found with their database among other lines", () => {
    const time = new Date("2026-11-25T04:28:31.497Z");
    const log = [
      logLine(time, "INFO", "hibernate", "Session 1 uses 127.0.0.1:3306"),
      logLine(time, "INFO", "hibernate", committedText("127.0.0.2:3306", "audit 00FF")),
      logLine(time, "WARNING", "MessageProcessor", "Request failed: Committed on 127.0.0.1:3306: not really"),
    ].join("");
    assert.deepEqual(parseWrites(log), [{ epochMs: time.getTime(), database: "127.0.0.2:3306", what: "audit 00FF" }]);
  });

  it("keep to one line each, in the product's form", () => {
    const line = logLine(new Date(0), "SEVERE", "BootProcess", "first\n  second");
    assert.equal(line, "1970-01-01T00:00:00.000+0000 SEVERE  1 com.l7tech.server.BootProcess: first second\n");
  });
});
