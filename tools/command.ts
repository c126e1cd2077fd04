import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { SetupError } from "./setup-error.ts";

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Gets each line of stderr as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

/** Runs a program and returns its stdout. A failure or a passed limit throws SetupError with its last words. */
export function command(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    // Own process group: at the limit its children (compilers) must end with it.
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const stop = endWith(child.pid);
    const out: Buffer[] = [];
    const lastWords: string[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    createInterface({ input: child.stderr }).on("line", (line) => {
      options.onErrorLine?.(line);
      lastWords.push(line);
      if (lastWords.length > 8) lastWords.shift();
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.now();
    }, options.timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      stop.forget();
    };
    child.on("error", (cause) => {
      finish();
      reject(new SetupError(`${file} could not be started: ${cause.message}`, { cause }));
    });
    child.on("close", (code, signal) => {
      finish();
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const how = late
        ? `was ended after ${options.timeoutMs / 1000} s`
        : `ended with ${signal ?? `exit code ${code}`}`;
      reject(new SetupError([`${file} ${args[0] ?? ""} ${how}.`, ...lastWords].join("\n    ")));
    });
  });
}

/** Ends the group at the limit, and also when we are told to stop ourselves. */
function endWith(pid: number | undefined): { now(): void; forget(): void } {
  const now = (): void => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    now();
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, onSignal);
  return {
    now,
    forget: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
