import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clock } from "../say.ts";
import { endLeftovers, marked } from "./leftovers.ts";

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
}

export interface Suite {
  readonly name: string;
  readonly testLimitMs: number;
  readonly suiteLimitMs: number;
}

const minutes = 60_000;

export const suites: readonly Suite[] = [
  { name: "unit", testLimitMs: 10_000, suiteLimitMs: 5 * minutes },
  { name: "integration", testLimitMs: 5 * minutes, suiteLimitMs: 60 * minutes },
  { name: "fault", testLimitMs: 10 * minutes, suiteLimitMs: 120 * minutes },
  { name: "security", testLimitMs: 5 * minutes, suiteLimitMs: 30 * minutes },
];

export const hasTests = ({ name }: Suite): boolean => {
  const folder = join("test", name);
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => `${file}`.endsWith(".test.ts"));
};

/** How long a suite may take to end after its last test. */
const graceMs = 20_000;

/** Runs a suite in a process of its own. A crash, a passed limit and a process left behind are failures too. */
export async function runSuite(suite: Suite): Promise<SuiteResult> {
  process.stdout.write(`\n== ${suite.name}\n`);
  const began = Date.now();
  const words = ["--import", "tsx", "tools/test/run-suite.ts", join("test", suite.name), String(suite.testLimitMs)];
  const mark = marked();
  const child = spawn(process.execPath, words, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...mark.environment },
  });
  let result: SuiteResult | undefined;
  const faults: string[] = [];
  child.on("message", (message) => {
    result = message as SuiteResult;
  });
  await ended(child, suite, faults);
  if (!result) faults.push(`the suite ended before it had run all its tests`);
  else if (result.passed + result.failed === 0) faults.push("the suite has no tests");
  for (const left of await endLeftovers(mark)) faults.push(`a process was left behind and was ended now: ${left}`);
  for (const fault of faults) process.stdout.write(`  FAILED ${suite.name}: ${fault}\n`);
  process.stdout.write(`${suite.name}: ${clock(Date.now() - began)} min\n`);
  return { passed: result?.passed ?? 0, failed: (result?.failed ?? 0) + faults.length };
}

function ended(child: ChildProcess, suite: Suite, faults: string[]): Promise<void> {
  return new Promise((resolve) => {
    const endAfter = (limitMs: number, fault: string): NodeJS.Timeout =>
      setTimeout(() => {
        faults.push(fault);
        child.kill("SIGKILL");
      }, limitMs);
    let timer = endAfter(suite.suiteLimitMs, `it took longer than ${suite.suiteLimitMs / minutes} minutes`);
    child.on("message", () => {
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
