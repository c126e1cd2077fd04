import assert from "node:assert/strict";
import { cpuSeconds, secondsOf } from "../../../bench/cpu-seconds.ts";
import { median } from "../../../bench/numbers.ts";

describe("CPU seconds", () => {
  it("are read from what bash prints", () => {
    assert.equal(secondsOf("1m3.250s 0m0.500s"), 63.75);
    assert.throws(() => secondsOf("done"), /printed no times/);
  });

  it("count the children of children", async () => {
    const busy = "while (process.cpuUsage().user < 300_000);";
    const words = ["sh", "-c", '"$@"; :', "sh", process.execPath, "-e", busy];
    assert.ok((await cpuSeconds(words, "/", process.env)) > 0.1);
  });

  it("of a failed command are no result", async () => {
    await assert.rejects(cpuSeconds(["false"], "/", process.env), /ended with 1/);
  });
});

describe("median", () => {
  it("is the middle, or the mean of the two in the middle", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
  });
});
