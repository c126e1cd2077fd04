import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "./lab-error.ts";
import type { Say } from "./say.ts";
import { sayWhile } from "./say.ts";

/**
 * Runs `work` while this process alone holds the lock file. The lock is the kernel's (flock), held by a child that
 * ends with our pipe: a killed holder leaves no lock behind. `limitMs` bounds the wait for another holder.
 */
export async function withLock<T>(file: string, limitMs: number, say: Say, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const seconds = String(Math.ceil(limitMs / 1000));
  const holder = spawn("flock", ["--exclusive", "--wait", seconds, file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "close");
  const held = Promise.race([
    once(holder.stdout, "data").then(() => true),
    ended.then(() => false),
    once(holder, "error").then(([cause]) => {
      throw new LabError(`flock (package util-linux) could not be started: ${cause}`, { cause });
    }),
  ]);
  ended.catch(() => {});
  const quick = await Promise.race([held, sleep(1000, undefined, { ref: false })]);
  const got = quick ?? (await sayWhile(say, `Waiting for another lab command that holds ${file}`, held));
  if (!got) throw new LabError(`Another lab command held ${file} for ${seconds} s. Run it again later.`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
