import { runChecks } from "./checks.ts";
import { hasTests, rows, runSuite, type Suite, type SuiteResult, sumOf } from "./suites.ts";

/**
 * `npm test`: the checks and every suite. `npm test -- unit security`: only those. At the end it says once more what
 * failed, and the last line is the total, alone on its line: "N passed, N failed". What cannot be done here is in
 * neither number: its suite's last line counts it as not run. Exit 0 when nothing failed.
 */
const names = process.argv.slice(2);
const known = ["check", ...rows.flat().map(({ name }) => name)];
const unknown = names.filter((name) => !known.includes(name));
const isWanted = (name: string): boolean => names.length === 0 || names.includes(name);

/** Before any suite has tests of its own there is nothing to say about it; asked for by name it must have some. */
const chosen = (suite: Suite): boolean => names.includes(suite.name) || (names.length === 0 && hasTests(suite));

/** The whole text stands further up, between those of other suites. What a command printed tells its reason last. */
const FIRST_LINES = 5;
const LAST_LINES = 25;
const shortened = (failure: string): string => {
  const lines = failure.split("\n");
  if (lines.length <= FIRST_LINES + LAST_LINES) return failure;
  return [...lines.slice(0, FIRST_LINES), "...", ...lines.slice(-LAST_LINES)].join("\n");
};

const results: SuiteResult[] = unknown.map((name) => {
  const failure = `there is no suite "${name}"; there are ${known.join(", ")}.`;
  return { passed: 0, failed: 1, skipped: 0, failures: [failure] };
});
if (isWanted("check")) results.push(runChecks());
for (const row of rows) results.push(...(await Promise.all(row.filter(chosen).map(runSuite))));

const { passed, failed, failures } = sumOf(results);
for (const failure of failures) process.stdout.write(`\nFAILED ${shortened(failure)}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
