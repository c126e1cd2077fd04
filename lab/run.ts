import { spawn } from "node:child_process";
import { LabError } from "./lab-error.ts";

export interface RunOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Whole environment of the child; absent: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Name of the call in messages; absent: the command line. */
  readonly called?: string;
  /** Exit codes that are an answer and not an error; absent: only 0. */
  readonly accept?: readonly number[];
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. No secret may stand in `args`. */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: "pipe" });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => {}); // a child that ends before it has read all of its input
    child.stdin.end(options.input ?? "");
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, options.timeoutMs);
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(new LabError(`${file} could not be started: ${cause.message}`, { cause }));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString();
      const stderr = Buffer.concat(err).toString();
      const exitCode = code ?? 128;
      if (!late && !signal && (options.accept ?? [0]).includes(exitCode)) return resolve({ exitCode, stdout, stderr });
      const how = late ? `was ended after ${options.timeoutMs / 1000} s` : `ended with ${signal ?? exitCode}`;
      reject(new LabError(`${options.called ?? [file, ...args].join(" ")} ${how}.${lastLines(stderr || stdout)}`));
    });
  });
}

const lastLines = (text: string): string => {
  const lines = text.trim().split("\n").slice(-8);
  return text.trim() ? `\n    ${lines.join("\n    ")}` : "";
};
