import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clock } from "../say.ts";
import { endLeftovers, type Mark, marked } from "./leftovers.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Tests that this machine cannot do, or that take too long here; each has said so by name. */
  readonly skipped: number;
}

export interface SuiteResult extends Counts {
  /** What each failure is called and says. */
  readonly failures: readonly string[];
}

export interface Suite {
  readonly name: string;
  readonly testLimitMs: number;
  readonly suiteLimitMs: number;
  /** Each file in a process of its own, all at the same time: its tests mostly wait for servers. */
  readonly fileByFile?: true;
  /** Its tests may find that the machine is not able to do what they need. */
  readonly maySkip?: true;
}

const minutes = 60_000;

/** One row after the other, those of a row at the same time. */
export const rows: readonly (readonly Suite[])[] = [
  [{ name: "unit", testLimitMs: 30_000, suiteLimitMs: 5 * minutes }],
  // The first two mostly wait for servers.
  [
    { name: "integration", testLimitMs: 20 * minutes, suiteLimitMs: 60 * minutes },
    { name: "security", testLimitMs: 20 * minutes, suiteLimitMs: 60 * minutes },
    { name: "repair", testLimitMs: 20 * minutes, suiteLimitMs: 60 * minutes, fileByFile: true },
  ],
  [{ name: "fault", testLimitMs: 30 * minutes, suiteLimitMs: 75 * minutes, fileByFile: true, maySkip: true }],
];

export const hasTests = (suite: Suite): boolean => testFiles(suite).length > 0;

const testFiles = ({ name }: Suite): readonly string[] => {
  const folder = join("test", name);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file))
    .sort();
};

/** How long a suite may take to end after its last test. */
const graceMs = 20_000;

/** Runs a suite in processes of its own. A crash, a passed limit and a process left behind are failures too. */
export async function runSuite(suite: Suite): Promise<SuiteResult> {
  process.stdout.write(`\n== ${suite.name}\n`);
  const began = Date.now();
  const mark = marked();
  const files = testFiles(suite);
  const groups = suite.fileByFile ? files.map((file) => [file]) : [files];
  const results = await Promise.all(groups.map((group) => runFiles(suite, group, mark)));
  const left = (await endLeftovers(mark)).map((its) => `a process was left behind and was ended now: ${its}`);
  for (const fault of left) tellFault(suite, fault);
  const total = sumOf([...results, { passed: 0, failed: left.length, skipped: 0, failures: left }]);
  const notRun = total.skipped > 0 ? `, ${total.skipped} not run` : "";
  process.stdout.write(
    `${suite.name}: ${total.passed} passed, ${total.failed} failed${notRun}, ${clock(Date.now() - began)} min\n`,
  );
  return { ...total, failures: total.failures.map((its) => `${suite.name}: ${its}`) };
}

export const sumOf = (results: readonly SuiteResult[]): SuiteResult => {
  const sum = (key: "passed" | "failed" | "skipped"): number => results.reduce((total, its) => total + its[key], 0);
  const failures = results.flatMap((its) => its.failures);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), failures };
};

const tellFault = ({ name }: Suite, fault: string): void => void process.stdout.write(`  FAILED ${name}: ${fault}\n`);

async function runFiles(suite: Suite, files: readonly string[], mark: Mark): Promise<SuiteResult> {
  const words = [
    "--import",
    "tsx",
    "tools/test/run-suite.ts",
    String(suite.testLimitMs),
    suite.maySkip ? "may-skip" : "",
    ...files,
  ];
  const child = spawn(process.execPath, words, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...mark.environment },
  });
  let result: Counts | undefined;
  const failures: string[] = [];
  const faults: string[] = [];
  // One text for each failure when it happens, and at the end the counts.
  child.on("message", (message) => {
    if (typeof message === "string") failures.push(message);
    else result = message as Counts;
  });
  await ended(child, suite, faults);
  if (!result) faults.push("the suite ended before it had run all its tests");
  else if (result.passed + result.failed === 0) faults.push("the suite has no tests");
  for (const fault of faults) tellFault(suite, fault);
  return {
    passed: result?.passed ?? 0,
    failed: (result?.failed ?? 0) + faults.length,
    skipped: result?.skipped ?? 0,
    failures: [...failures, ...faults.map((fault) => (files.length === 1 ? `${files[0]}: ${fault}` : fault))],
  };
}

function ended(child: ChildProcess, suite: Suite, faults: string[]): Promise<void> {
  return new Promise((resolve) => {
    const endAfter = (limitMs: number, fault: string): NodeJS.Timeout =>
      setTimeout(() => {
        faults.push(fault);
        child.kill("SIGKILL");
      }, limitMs);
    let timer = endAfter(suite.suiteLimitMs, `it took longer than ${suite.suiteLimitMs / minutes} minutes`);
    child.on("message", (message) => {
      if (typeof message === "string") return;
      clearTimeout(timer);
      timer = endAfter(
        graceMs,
        `it did not end within ${graceMs / 1000} s after its last test: something is left open`,
      );
    });
    child.on("error", (error) => {
      faults.push(`it could not be started: ${error.message}`);
      resolve();
    });
    child.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
