import assert from "node:assert/strict";
import { aheadDomains, parseDomainPositions } from "../../../providers/mysql/domain-position.ts";
import { parseLogPosition, readWait } from "../../../providers/mysql/log-position.ts";
import { compareCoordinates, fileNumber } from "../../../providers/mysql/position.ts";
import { atLeast, parseVersion } from "../../../providers/mysql/version.ts";

const at = (file: string, offset: number) => ({ file, offset });

describe("coordinates", () => {
  it("compares the number of the file first, then the offset", () => {
    assert.ok((compareCoordinates(at("bin.000002", 4), at("bin.000001", 999)) ?? 0) > 0);
    assert.ok((compareCoordinates(at("bin.000002", 4), at("bin.000002", 157)) ?? 0) < 0);
    assert.equal(compareCoordinates(at("bin.000002", 4), at("bin.000002", 4)), 0);
  });

  it("is not misled by the length of the number", () => {
    assert.ok((compareCoordinates(at("bin.1000000", 4), at("bin.999999", 4)) ?? 0) > 0);
    assert.equal(fileNumber("ssgbin-log.000017"), 17);
  });

  it("does not compare positions of two logs, or none at all", () => {
    assert.equal(compareCoordinates(at("a.000001", 4), at("b.000001", 4)), undefined);
    assert.equal(compareCoordinates(at("", 4), at("bin.000001", 4)), undefined);
  });

  it("reads a log's position; no row means that the log is off", () => {
    assert.equal(parseLogPosition([], true), undefined);
    const row = { File: "bin.000002", Position: 410, Executed_Gtid_Set: "7b3b:1-11,\n80c8:1" };
    assert.deepEqual(parseLogPosition([row], true), { file: "bin.000002", offset: 410, gtid: "7b3b:1-11,80c8:1" });
    assert.deepEqual(parseLogPosition([row], false), { file: "bin.000002", offset: 410 });
  });

  it("reads the answer of a wait", () => {
    assert.equal(readWait([{ result: 3 }], false), "reached");
    assert.equal(readWait([{ result: -1 }], false), "timeout");
    assert.equal(readWait([{ result: null }], false), "applier-stopped");
    assert.equal(readWait([{ result: 0 }], true), "reached");
    assert.equal(readWait([{ result: 1 }], true), "timeout");
  });
});

describe("MariaDB GTID positions", () => {
  it("keeps the highest number of a domain", () => {
    assert.deepEqual(
      [...parseDomainPositions("1-1-11,2-2-2,1-2-9")],
      [
        [1, { serverId: 1, sequence: 11 }],
        [2, { serverId: 2, sequence: 2 }],
      ],
    );
    assert.equal(parseDomainPositions("").size, 0);
    assert.throws(() => parseDomainPositions("1-11"), SyntaxError);
  });

  it("tells in which domain one is ahead of the other", () => {
    const [ours, theirs] = [parseDomainPositions("1-1-11,2-2-2,3-1-1"), parseDomainPositions("1-1-3,2-2-2")];
    assert.deepEqual(aheadDomains(ours, theirs), [1]);
  });
});

describe("versions", () => {
  it("compares numbers", () => {
    assert.deepEqual(parseVersion("8.0.31-log"), [8, 0, 31]);
    assert.deepEqual(parseVersion("5.5.5-10.11.6-MariaDB-log"), [10, 11, 6]);
    assert.equal(atLeast("8.0.31", "8.0.23"), true);
    assert.equal(atLeast("8.0.9", "8.0.23"), false);
    assert.equal(atLeast("9.7.4-2", "8.4"), true);
  });
});
