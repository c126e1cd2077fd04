import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addResult, type CellResult, readResults } from "../../fault/results.ts";

const result = (fault: string, outcome: CellResult["outcome"]): CellResult => ({
  ...{ fault, point: "after-fence", flavour: "mysql-9.7", code: "0123456789ab", outcome, seconds: 30, violations: [] },
});

describe("results of the fault suite", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "fault-results-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are all kept when shards write at the same time, and a cell that is run again replaces its result", async () => {
    const file = join(folder, "results.json");
    const names = ["kill-all", "kill-donor", "sigint"];
    await Promise.all(names.map((name) => addResult(file, result(name, "failed"))));
    await addResult(file, result("kill-donor", "passed"));
    assert.deepEqual(
      readResults(file).map(({ fault, outcome }) => `${fault} ${outcome}`),
      ["kill-all failed", "kill-donor passed", "sigint failed"],
    );
  });
});
