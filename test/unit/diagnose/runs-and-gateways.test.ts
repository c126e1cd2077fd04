import assert from "node:assert/strict";
import { serverIdentity } from "../../../providers/mysql/server-identity.ts";
import type { Side } from "../../../providers/pair.ts";
import { brief, down, factsOf, findings, healthy, one, pair, withFacts, withStatus, withVariables } from "./changed.ts";

describe("diagnose: runs and gateways", () => {
  const lock = { owner: "ops@host", runId: "r1", beatAgeSeconds: 5, ownerGone: false };
  const identity = (side: Side): string => {
    const { server_uuid = "", server_id = "" } = factsOf(healthy, side).variables;
    return serverIdentity(server_uuid, server_id);
  };
  const servers = { donor: identity("primary"), recipient: identity("secondary") };
  const fence = { runId: "r1", ...servers };
  const journal = {
    runId: "r1",
    ...servers,
    state: "S1",
    lastStep: "stop-links",
    events: 9,
    destroying: false,
    lifting: false,
    copyProved: false,
    finished: false,
  };

  it("concludes nothing else while a run is at work", () => {
    const broken = withStatus("secondary", { io: { state: "stopped" } });
    const found = one(withFacts("secondary", { run: { lock, journal } }, broken));
    assert.equal(brief(found), "pair run-in-progress unknown none");
    assert.match(found.sentence, /run r1 of ops@host.*stop-links/);
  });

  it("takes a fenced recipient for incomplete, whatever its threads say", () => {
    const run = { fence, journal: { ...journal, state: "S4", lastStep: "clone", destroying: true } };
    const found = one(
      withVariables("secondary", { read_only: "ON", offline_mode: "ON" }, withFacts("secondary", { run })),
    );
    assert.equal(brief(found), "secondary fenced broken reinitialise");
    assert.match(found.sentence, /run r1 was cut short in state S4, at step clone/);
    const other = { ...fence, recipient: "00000000-0000-0000-0000-000000000001" };
    assert.equal(
      brief(one(withFacts("secondary", { run: { fence: other } }))),
      "secondary fence-of-another broken reinitialise",
    );
    assert.equal(brief(one(withFacts("secondary", { run: { fence } }))), "secondary fence-without-journal broken none");
    const lifted = { journal: { ...journal, state: "S4", lastStep: "clone", destroying: true } };
    assert.equal(brief(one(withFacts("secondary", { run: lifted }))), "secondary fence-lifted-by-hand broken none");
    const both = withFacts("primary", { run: { fence } }, withFacts("secondary", { run: { fence } }));
    assert.equal(brief(one(both)), "pair both-fenced broken none");
  });

  it("tells of a run that was cut short early, once, and of a dead lock", () => {
    const run = { journal, lock: { ...lock, beatAgeSeconds: 61 } };
    const void1 = { journal: { ...journal, donor: "of a server that is gone" } };
    assert.equal(brief(one(withFacts("primary", { run: void1 }))), "pair run-void note none");
    const found = findings(withFacts("primary", { run: { journal } }, withFacts("secondary", { run })));
    assert.deepEqual(found.map(brief), ["pair run-unfinished degraded none", "secondary stale-lock note none"]);
  });

  it("starts no server while a run is unfinished: the run is judged with both of them up", () => {
    const mysql = { ...pair.secondary.mysql, startService: ["service", "mysql", "start"] };
    const seen = { ...withFacts("primary", { run: { journal } }), secondary: down("server-down"), links: {} };
    const [unfinished, server] = findings(seen, { ...pair, secondary: { ...pair.secondary, mysql } });
    assert.deepEqual(
      [unfinished, server].map((its) => its && brief(its)),
      ["pair run-unfinished degraded none", "secondary server-down broken none"],
    );
    assert.match(server?.advice ?? "", /^start it on .*, then npx pulumi up: it takes up the run/);
    const bothDown = { ...seen, primary: { ...down("server-down"), run: { journal } } };
    const nobody = findings(bothDown, { ...pair, secondary: { ...pair.secondary, mysql } });
    assert.deepEqual(nobody.map(brief), ["primary server-down broken none", "secondary server-down broken none"]);
  });

  it("does not ask who else made a node read-only that a run that was cut short holds", () => {
    const lifted = { ...journal, state: "S5", lastStep: "verify", destroying: true, lifting: true, copyProved: true };
    const held = withVariables("secondary", { read_only: "ON", super_read_only: "ON" });
    assert.equal(
      brief(one(withFacts("primary", { run: { journal: lifted } }, held))),
      "pair run-unfinished degraded none",
    );
    assert.equal(
      brief(one(withFacts("primary", { run: { journal: { ...lifted, finished: true } } }, held))),
      "secondary read-only degraded none",
    );
    const early = findings(withFacts("primary", { run: { journal } }, held));
    assert.deepEqual(early.map(brief), ["pair run-unfinished degraded none", "secondary read-only degraded none"]);
  });

  it("tells what the guard of a run that was gone has done", () => {
    const run = (acted: boolean) => ({ journal, guard: { runId: "r1", acted, at: "2026-11-25T04:00:00Z" } });
    const [unfinished, acted] = findings(withFacts("primary", { run: run(true) }));
    assert.deepEqual(
      [unfinished, acted].map((its) => its && brief(its)),
      ["pair run-unfinished degraded none", "primary guard-acted note none"],
    );
    assert.match(acted?.sentence ?? "", /guard on the primary brought the gateways back/);
    assert.match(findings(withFacts("primary", { run: run(false) }))[1]?.sentence ?? "", /in vain/);
  });

  const host = (name: string, failoverOrder: readonly string[], nodeId = name) => ({
    ...{ name, reachable: true, processes: 1, listeningPorts: [8443], failoverOrder, nodeId },
  });
  const [first, second] = [pair.primary.replication.host, pair.secondary.replication.host];

  it("finds a gateway that prefers the secondary", () => {
    const good = [host("gw1", ["localhost:3306", `${second}:3306`]), host("gw2", [`${first}:3306`, "localhost:3306"])];
    assert.deepEqual(findings({ ...healthy, hosts: good }), []);
    const found = one({ ...healthy, hosts: [host("gw2", ["localhost:3306", `${first}:3306`])] });
    assert.equal(brief(found), "gw2 failover-order degraded none");
  });

  it("finds two hosts with one node.id, a host that is away, and two writers", () => {
    const same = [host("gw1", [], "id"), host("gw2", [], "id")];
    assert.equal(one({ ...healthy, hosts: same }).code, "node-id-twice");
    const away = { ...host("pn1", []), reachable: false, reason: "no route" };
    assert.equal(brief(one({ ...healthy, hosts: [away] })), "pn1 gateway-host-unreachable note none");
    const session = [{ user: "gateway", host: "10.0.0.9" }];
    const split = withFacts(
      "primary",
      { applicationSessions: session },
      withFacts("secondary", { applicationSessions: session }),
    );
    assert.equal(brief(one(split)), "pair two-writers degraded none");
  });
});
