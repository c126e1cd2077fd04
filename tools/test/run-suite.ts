import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import type { SuiteResult } from "./suites.ts";

/**
 * Runs the test files of one folder in this process and sends the counts to the parent. Arguments: folder, limit of one
 * test in milliseconds. The process must end by itself afterwards: whatever keeps it alive was left open by a test.
 */
const [folder = "", timeoutMs = "10000"] = process.argv.slice(2);
// A test that is skipped proves nothing, and one marked "only" hides the others: both fail.
const mocha = new Mocha({ timeout: Number(timeoutMs), forbidOnly: true, forbidPending: true });
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
for (const file of files.sort()) mocha.addFile(join(folder, file));
await mocha.loadFilesAsync();
const runner = mocha.run();
runner.once("end", () => {
  const result: SuiteResult = { passed: runner.stats?.passes ?? 0, failed: runner.failures };
  process.send?.(result, () => process.disconnect());
  process.exitCode = result.failed > 0 ? 1 : 0;
});
