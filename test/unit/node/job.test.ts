import assert from "node:assert/strict";
import { jobOf, parseLook } from "../../../providers/node/job.ts";
import { follow, progressOf, stalledSeconds, type Track } from "../../../providers/node/watch-job.ts";

const asIs = (text: string): string => text;

describe("a look at a job", () => {
  it("reads a running one", () => {
    const look = parseLook("state=running\nbytes=1048576\nfreeKib=2048\nage=12\nstderr:\n", asIs);
    assert.deepEqual(look, {
      state: "running",
      exitCode: undefined,
      reason: undefined,
      bytes: 1048576,
      freeBytes: 2 * 1024 * 1024,
      stderrTail: "",
      ageSeconds: 12,
    });
  });

  it("reads how one ended, and redacts what it said", () => {
    const text = "code=137\nreason=limit\nstate=exited\nbytes=0\nage=3\nstderr:\npassword=hunter2\nstderr:\nagain\n";
    const look = parseLook(text, (words) => words.replaceAll("hunter2", "***"));
    assert.deepEqual([look?.exitCode, look?.reason, look?.stderrTail], [137, "limit", "password=***\nstderr:\nagain"]);
  });

  it("knows one that was never there", () => {
    assert.equal(parseLook("state=absent\n", asIs), undefined);
  });

  it("takes no name that leaves its folder", () => {
    for (const name of ["../x", "a/b", "", "-x", "A b"]) assert.throws(() => jobOf("/run/1", name));
  });
});

describe("progress of a job", () => {
  const trackOf = (...samples: readonly (readonly [number, number])[]): Track =>
    samples.reduce<Track>((track, [ageSeconds, bytes]) => follow(track, { ageSeconds, bytes }), {
      samples: [],
      changedAgeSeconds: 0,
    });

  it("gives rate and rest over the last half minute", () => {
    const progress = progressOf(trackOf([0, 0], [10, 0], [40, 3000], [50, 4000]), 10_000);
    assert.deepEqual(progress, { bytes: 4000, totalBytes: 10_000, bytesPerSecond: 100, secondsLeft: 60 });
  });

  it("does not know a rate from one sample, nor a rest without growth", () => {
    assert.equal(progressOf(trackOf([5, 100]), 200).bytesPerSecond, undefined);
    assert.equal(progressOf(trackOf([5, 100], [9, 100]), 200).secondsLeft, undefined);
  });

  it("counts a stall from the last change, by the node's clock", () => {
    assert.equal(stalledSeconds(trackOf([0, 0], [2, 10], [4, 20], [6, 20], [100, 20])), 96);
    assert.equal(stalledSeconds(trackOf([0, 0], [2, 10])), 0);
  });

  it("counts a job that never moved from its start", () => {
    assert.equal(stalledSeconds(trackOf([1, 0], [30, 0])), 29);
  });
});
