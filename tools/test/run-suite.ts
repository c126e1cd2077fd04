import { stripVTControlCharacters } from "node:util";
import Mocha from "mocha";
import type { Counts } from "./suites.ts";

/**
 * Runs test files in this process; sends each failure to the parent, and at the end the counts. Arguments: limit of one
 * test in milliseconds, "may-skip" or nothing, files. The process must end by itself afterwards: whatever keeps it alive
 * was left open by a test.
 */
const [timeoutMs = "10000", maySkip, ...files] = process.argv.slice(2);
// A test that is skipped proves nothing, and one marked "only" hides the others: both fail, unless the suite says that
// some tests need what not every machine has.
const mocha = new Mocha({ timeout: Number(timeoutMs), forbidOnly: true, forbidPending: maySkip !== "may-skip" });
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
const runner = mocha.run();
runner.on("fail", (test, error) => {
  process.send?.(`${test.fullTitle()}\n${stripVTControlCharacters(String(error?.stack ?? error))}`);
});
runner.once("end", () => {
  const counts: Counts = {
    passed: runner.stats?.passes ?? 0,
    failed: runner.failures,
    skipped: runner.stats?.pending ?? 0,
  };
  process.send?.(counts, () => process.disconnect());
  process.exitCode = counts.failed > 0 ? 1 : 0;
});
