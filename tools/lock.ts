import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Say, sayWhile } from "./say.ts";
import { SetupError } from "./setup-error.ts";

/**
 * Runs `work` while this process alone holds the lock file. The lock is the kernel's (flock), held by a child that
 * ends with our pipe, so a killed holder leaves no lock behind. `limitMs` bounds the wait for another holder. Where
 * there is no flock (macOS) the work runs unlocked: it may then be done twice, which callers must bear.
 */
export async function withLock<T>(file: string, limitMs: number, say: Say, work: () => Promise<T>): Promise<T> {
  const words = ["--exclusive", "--wait", String(limitMs / 1000), file, "sh", "-c", "echo held; exec cat"];
  const holder = spawn("flock", words, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<"refused">((resolve) => holder.once("close", () => resolve("refused")));
  const missing = new Promise<"missing">((resolve) => holder.once("error", () => resolve("missing")));
  const held = Promise.race([once(holder.stdout, "data").then(() => "held" as const), ended, missing]);
  const quick = await Promise.race([held, sleep(1000, undefined, { ref: false })]);
  const outcome = quick ?? (await waitSaying(held, say));
  if (outcome === "refused")
    throw new SetupError(
      `Another command has held ${file} for ${limitMs / 60_000} minutes. If it is stuck, end it; then run this again.`,
    );
  try {
    return await work();
  } finally {
    if (outcome === "held") {
      holder.stdin.end();
      await ended;
    }
  }
}

function waitSaying<T>(held: Promise<T>, say: Say): Promise<T> {
  say("Another command is at the same work: waiting for its result.");
  return sayWhile(say, held, () => "waiting for the other command", 15);
}
