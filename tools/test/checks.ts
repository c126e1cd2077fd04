import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageFolder } from "../pins.ts";
import type { SuiteResult } from "./suites.ts";

const checkLimitMs = 5 * 60_000;

const checks = [
  { name: "types (tsc)", words: [join(packageFolder("typescript"), "bin/tsc"), "--noEmit"] },
  { name: "lint and format (biome)", words: [join(packageFolder("@biomejs/biome"), "bin/biome"), "check", "."] },
];

/** Each check counts as one test. */
export function runChecks(): SuiteResult {
  process.stdout.write("\n== check\n");
  const failures = checks.filter(({ name, words }) => {
    const { status } = spawnSync(process.execPath, words, { stdio: "inherit", timeout: checkLimitMs });
    process.stdout.write(`  ${status === 0 ? "✔" : "FAILED"} ${name}\n`);
    return status !== 0;
  });
  const failed = failures.length;
  return { passed: checks.length - failed, failed, skipped: 0, failures: failures.map(({ name }) => name) };
}
