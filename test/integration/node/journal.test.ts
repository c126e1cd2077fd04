import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurable } from "../../../providers/node/durable-file.ts";
import type { Shell } from "../../../providers/node/node.ts";
import { openShell } from "../../../providers/node/open-node.ts";
import { readFenceMarker, removeFenceMarker, writeFenceMarker } from "../../../providers/runbook/fence-marker.ts";
import type { Identity } from "../../../providers/runbook/identity.ts";
import { finish, type Journal, newJournal, withEvent } from "../../../providers/runbook/journal.ts";
import {
  journalFile,
  journalOfRun,
  makeWay,
  readJournal,
  writeJournal,
  writeJournalWherePossible,
} from "../../../providers/runbook/journal-file.ts";
import { readRunTrace } from "../../../providers/runbook/run-trace.ts";
import { secret, type TwoNodes, twoNodes } from "./lab-nodes.ts";

const donorIs: Identity = { name: "n1", serverUuid: "aaaa", serverId: 1 };
const recipientIs: Identity = { name: "n2", serverUuid: "bbbb", serverId: 2 };
const at = "2026-11-25T04:00:00Z";

describe("journal and fence marker", () => {
  let nodes: TwoNodes;
  let donor: Shell;
  let recipient: Shell;
  before(async () => {
    nodes = await twoNodes();
    ({ donor, recipient } = nodes);
  });
  beforeEach(() => nodes.clear());
  after(() => nodes.close());
  const path = (name: string): string => join(donor.host.stateFolder, name);

  const start = newJournal({
    runId: "run-1",
    startedAt: at,
    procedure: "vendor",
    donor: donorIs,
    recipient: recipientIs,
  });
  const fenced = withEvent(start, { step: "fence", at, kind: "started" });

  it("stand on both nodes, and a trace tells them", async () => {
    assert.equal(await readRunTrace(donor), undefined);
    await writeJournal({ donor, recipient }, fenced);
    await writeFenceMarker(recipient, { runId: "run-1", donor: donorIs, recipient: recipientIs, step: "fence" });
    for (const shell of [donor, recipient]) assert.deepEqual(await readJournal(shell), fenced);
    const trace = await readRunTrace(recipient);
    assert.equal(trace?.journal?.state, "S3");
    assert.equal(trace?.fence?.recipient, "bbbb (server_id 2)");
    assert.equal((await readRunTrace(donor))?.fence, undefined);
    assert.equal((await readFenceMarker(recipient))?.runId, "run-1");
    await removeFenceMarker(recipient);
    assert.equal(await readFenceMarker(recipient), undefined);
  });

  const way = { runId: "run-2", servers: [donorIs, recipientIs], voids: [], stamp: "stamp" };

  it("hide a secret that got into a fault", async () => {
    const failed = withEvent(fenced, { step: "fence", at, kind: "failed", fault: `denied for ${secret}` });
    await writeJournal({ donor, recipient }, failed);
    for (const shell of [donor, recipient]) {
      const text = readFileSync(journalFile(shell), "utf8");
      assert.ok(!text.includes("c\\\\d#e") && text.includes("denied for ***"));
    }
  });

  it("let an unfinished run of these servers be found, and no new one begin", async () => {
    await writeJournal({ donor, recipient }, fenced);
    assert.equal((await journalOfRun([donor, recipient], [donorIs, recipientIs], "run-1"))?.runId, "run-1");
    await assert.rejects(makeWay([donor, recipient], way), /run run-1 is not finished \(state S3\)/);
    assert.deepEqual((await makeWay([donor, recipient], { ...way, runId: "run-1" })).said, []);
    assert.equal((await readJournal(donor))?.runId, "run-1");
  });

  it("are void where they are about other servers or unreadable: kept and said", async () => {
    await writeJournal({ donor, recipient }, fenced);
    await writeDurable(recipient, journalFile(recipient), `{"format":1,"runId":"run`);
    const others = [donorIs, { ...recipientIs, serverUuid: "cccc" }];
    assert.equal(await journalOfRun([donor, recipient], others, "run-1"), undefined);
    const { said } = await makeWay([donor, recipient], { ...way, servers: others });
    assert.equal(said.length, 2);
    assert.match(
      said[0] ?? "",
      /journal of run run-1 proves nothing of these servers; it is void and kept as .*journal.run-1.stamp.void/,
    );
    assert.match(said[1] ?? "", /an unreadable journal; it is void and kept as/);
    assert.ok(existsSync(path("journal.run-1.stamp.void")));
    assert.equal(await readJournal(donor), undefined);
  });

  it("hand over how things were before a void run stopped the application, and nothing of one that did not", async () => {
    const before = {
      gatewaysBefore: ["gw1"],
      readOnlyBefore: { primary: "off", secondary: "off" },
      persistedBefore: { primary: { skip_replica_start: "ON" }, secondary: {} },
      eventsBefore: [{ schema: "ssg", name: "tidy" }],
    };
    const facts = { ...before, threadsBefore: {} };
    const stopped = [
      { step: "preflight", at, kind: "succeeded", facts } as const,
      { step: "stop-gateways", at, kind: "started" } as const,
    ].reduce(withEvent, start);
    const others = [donorIs, { ...recipientIs, serverUuid: "cccc" }];
    const beforeOf = async (journal: Journal, servers: readonly Identity[]) => {
      await writeJournal({ donor, recipient }, journal);
      const { before } = await makeWay([donor, recipient], { ...way, servers });
      nodes.clear();
      return before;
    };
    assert.deepEqual(await beforeOf(stopped, others), before);
    assert.equal(await beforeOf(withEvent(stopped, { step: "stop-gateways", at, kind: "undone" }), others), undefined);
    const strangers = [donorIs, recipientIs].map((its) => ({ ...its, serverUuid: `other ${its.serverUuid}` }));
    assert.equal(await beforeOf(stopped, strangers), undefined);
  });

  it("move aside when their run is finished", async () => {
    await writeJournal({ donor, recipient }, finish(fenced));
    // As after a kill in the middle of the end: one copy says finished.
    await writeDurable(recipient, journalFile(recipient), JSON.stringify(fenced));
    assert.deepEqual((await makeWay([donor, recipient], way)).said, []);
    assert.ok(existsSync(path("run/run-1/journal.stamp.json")));
    assert.equal(await readJournal(recipient), undefined);
  });

  it("are written where possible when a node is out of reach", async () => {
    await writeJournal({ donor, recipient }, fenced);
    const gone = openShell({ ...recipient.host, connection: { ...recipient.host.connection, port: 1 } }, {});
    const more = withEvent(fenced, { step: "fence", at, kind: "failed", fault: "gone" });
    assert.equal((await writeJournalWherePossible({ donor, recipient: gone }, more)).length, 1);
    await assert.rejects(writeJournal({ donor, recipient: gone }, more));
    assert.equal((await readJournal(donor))?.events.length, 2);
    await gone.close();
  });
});
