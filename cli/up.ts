import { spawn } from "node:child_process";
import { command } from "../tools/command.ts";
import { allDead, lockHolders } from "./engine-lock.ts";

const help = `npm run up -- [stack] [arguments of pulumi up]

Runs "npx pulumi up" on the stack. Where an earlier CLI was killed (kill -9, power) its lock on the stack is left and the
engine refuses; when all its owners are dead processes of this host, this says so, runs "npx pulumi cancel --yes" and goes
on. Any other lock is left alone, and the engine's refusal stands. Without a stack: the one that is selected.

Exit code: that of pulumi.
`;

const EXPORT_MS = 60_000;

/** Runs the CLI on this terminal. Its stderr, where it refuses, is also returned. */
const pulumi = (words: readonly string[]): Promise<{ exitCode: number; stderr: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn("npx", ["pulumi", ...words], { stdio: ["inherit", "inherit", "pipe"] });
    // A terminal sends ^C to the CLI as well; it decides what to do about it. Others are passed on.
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, passOn);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, passOn);
      resolve({ exitCode: code ?? 1, stderr });
    });
  });

/** Of the words for pulumi; what is done about a lock must be done to the same stack. */
const namesStack = (word: string): boolean => /^(-s.*|--stack(=.*)?)$/.test(word);

const main = async (args: readonly string[]): Promise<number> => {
  if (args.some(namesStack)) {
    process.stderr.write("Name the stack as the first word: npm run up -- <stack> [arguments of pulumi up]\n");
    return 2;
  }
  const [first = "", ...others] = args;
  const named = first !== "" && !first.startsWith("-");
  const stack = named ? ["--stack", first] : [];
  const up = ["up", ...stack, ...(named ? others : args)];
  const refused = await pulumi(up);
  const holders = lockHolders(refused.stderr);
  if (refused.exitCode === 0 || !allDead(holders)) return refused.exitCode;
  const who = holders.map(({ text }) => text).join(", ");
  process.stderr.write(`The stack's lock belongs to ${who}: dead on this host. Running pulumi cancel.\n`);
  const cancelled = await pulumi(["cancel", "--yes", ...stack]);
  if (cancelled.exitCode !== 0) return cancelled.exitCode;
  if (await isCreating(stack)) {
    const cleared = await pulumi(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", ...stack]);
    if (cleared.exitCode !== 0) return cleared.exitCode;
  }
  return (await pulumi(up)).exitCode;
};

/** Was the killed CLI about to create something? Every later up would warn of that until it is cleared. */
const isCreating = async (stack: readonly string[]): Promise<boolean> => {
  const text = await command("npx", ["pulumi", "stack", "export", ...stack], { timeoutMs: EXPORT_MS });
  const { deployment } = JSON.parse(text) as { deployment: { pending_operations?: readonly { type: string }[] } };
  return deployment.pending_operations?.some(({ type }) => type === "creating") ?? false;
};

process.on("SIGINT", () => {});
const args = process.argv.slice(2);
if (args.some((word) => word === "--help" || word === "-h")) process.stdout.write(help);
else process.exitCode = await main(args);
