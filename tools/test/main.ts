import { runChecks } from "./checks.ts";
import { hasTests, rows, runSuite, type Suite, type SuiteResult } from "./suites.ts";

/**
 * `npm test`: the checks and every suite. `npm test -- unit security`: only those. The last line is the total, alone on
 * its line: "N passed, N failed". What cannot be done here is in neither number: its suite's last line counts it as not
 * run. Exit 0 when nothing failed.
 */
const names = process.argv.slice(2);
const known = ["check", ...rows.flat().map(({ name }) => name)];
const unknown = names.filter((name) => !known.includes(name));
const isWanted = (name: string): boolean => names.length === 0 || names.includes(name);

/** Before any suite has tests of its own there is nothing to say about it; asked for by name it must have some. */
const chosen = (suite: Suite): boolean => names.includes(suite.name) || (names.length === 0 && hasTests(suite));

const results: SuiteResult[] = unknown.map((name) => {
  process.stdout.write(`FAILED: there is no suite "${name}"; there are ${known.join(", ")}.\n`);
  return { passed: 0, failed: 1, skipped: 0 };
});
if (isWanted("check")) results.push(runChecks());
for (const row of rows) results.push(...(await Promise.all(row.filter(chosen).map(runSuite))));

const sum = (key: keyof SuiteResult): number => results.reduce((total, result) => total + result[key], 0);
process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
