import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { PairObservation } from "../../../providers/observe/observation.ts";
import { preflightRefusals } from "../../../providers/plan/preflight.ts";
import { healthy, pair, withFacts, withVariables } from "../diagnose/changed.ts";

const refused = (observation: PairObservation): readonly string[] =>
  preflightRefusals(pair, observation, { donor: "primary", resumes: false }).map(
    ({ code, subject, message }) => `${code} ${subject}: ${message}`,
  );

describe("what an observation says against a reinitialisation", () => {
  const own = { serverId: 2, host: "" };

  it("is nothing where the pair alone replicates, whatever of it is left over", () => {
    assert.deepEqual(refused(healthy), []);
    assert.deepEqual(
      refused(withFacts("primary", { dumpThreads: ["10.0.0.2", "10.0.0.2"], registeredReplicas: [own] })),
      [],
    );
  });

  it("is a replica of another server_id, also a lone one", () => {
    const third = { serverId: 7, host: "reports" };
    const seen = withFacts("primary", { dumpThreads: ["10.0.0.9"], registeredReplicas: [third] });
    assert.match(refused(seen).join(), /^third-replica .*server_id 7 \(reports\)$/);
  });

  it("is a second address that reads, where the account does not see who", () => {
    assert.match(refused(withFacts("primary", { dumpThreads: ["10.0.0.2", "10.0.0.9"] })).join(), /^third-replica /);
  });

  it("is a donor that bears a fence of other servers; on the recipient it is no hindrance", () => {
    const fence = { runId: "r1", donor: "another (server_id 1)", recipient: "another (server_id 2)" };
    assert.match(refused(withFacts("primary", { run: { fence } })).join(), /^donor-fenced gw1: /);
    assert.deepEqual(refused(withFacts("secondary", { run: { fence } })), []);
  });

  it("is a journal or a backup inside the data folder", () => {
    const seen = withVariables("primary", { datadir: dirname(pair.primary.stateFolder) });
    assert.match(refused(seen).join(), /^folder-in-data gw1: stateFolder /);
    assert.deepEqual(refused(withVariables("primary", { datadir: `${pair.primary.stateFolder}-of-mysql/` })), []);
  });

  it("is a folder of ours that leads into the data folder, or to where nothing lasts", () => {
    const { stateFolder, backupFolder } = pair.primary;
    const through = (realPaths: Readonly<Record<string, string>>): readonly string[] =>
      refused(withFacts("primary", { realPaths }, withVariables("primary", { datadir: "/data/" })));
    assert.match(
      through({ "/data/": "/disk2/mysql", [backupFolder]: "/disk2/mysql/backup" }).join(),
      /^folder-in-data gw1: backupFolder \S+ of gw1 \(\/disk2\/mysql\/backup\) lies in the server's data folder \/disk2\/mysql$/,
    );
    assert.match(
      through({ [stateFolder]: "/tmp/state" }).join(),
      /^folder-not-lasting gw1: stateFolder .*\(\/tmp\/state\)/,
    );
    assert.deepEqual(through({ "/data/": "/disk2/mysql", [stateFolder]: "/disk2/state" }), []);
  });

  it("is a recipient that takes smaller packets than the donor", () => {
    const donor = withVariables("primary", { max_allowed_packet: "67108864" });
    assert.match(
      refused(withVariables("secondary", { max_allowed_packet: "1048576" }, donor)).join(),
      /^packet-limit-load .*1048576 bytes.*67108864/,
    );
    assert.deepEqual(refused(withVariables("secondary", { max_allowed_packet: "1073741824" }, donor)), []);
  });
});
