import { createInterface } from "node:readline/promises";
import { SafetyError } from "../providers/errors.ts";
import { removeDeadLock } from "../providers/runbook/ask-owner.ts";
import { beats, lockText, lookAtLocks, type NodeLock } from "./locks.ts";
import { withStack } from "./open-stack.ts";
import { print, program } from "./program.ts";

const help = `npm run unlock -- [stack] [--yes]

Shows who holds the lock on the stack's nodes, asks, and removes it. Seldom needed: "npx pulumi up" takes over a lock that
has shown no life for a minute. Refuses while the lock beats or a job of its run is alive. Without a stack: the one that is
selected. --yes: does not ask, for scripts.

Exit codes: 0 no lock is left; 1 refused, or a node could not be asked; 2 not understood.
`;

await program(help, ({ stack, yes }) =>
  withStack(stack, async (opened) => {
    const { locks, unasked } = await lookAtLocks(opened);
    for (const line of [...locks.map(lockText), ...unasked]) print(line);
    if (locks.length > 0) {
      for (const its of locks) refuseLiving(its);
      if (!yes && !(await confirmed())) throw new SafetyError("Nothing was removed.");
      for (const its of locks) await remove(its);
    }
    print(
      locks.length > 0 ? "The lock was removed. npx pulumi up takes the run up or undoes it." : "There is no lock.",
    );
    return unasked.length > 0 ? 1 : 0;
  }),
);

function refuseLiving(its: NodeLock): void {
  const { jobs } = its.lock;
  if (!beats(its) && jobs.length === 0) return;
  throw new SafetyError(
    `Refused: ${beats(its) ? "the lock shows life" : `jobs of its run are alive: ${jobs.join(", ")}`}.`,
    {
      node: its.shell.host.name,
      next: beats(its)
        ? "npm run stop ends a run after its present step; one that is dead shows no life after a minute"
        : "run npx pulumi up from where that run was started (it takes its jobs up), or wait until they have ended",
    },
  );
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new SafetyError("Nothing was removed: nobody is there to ask.", { next: "add --yes" });
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Remove it? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Asked again at the moment of removal, on the node: it may have come back to life. */
async function remove(its: NodeLock): Promise<void> {
  const alive = await removeDeadLock(its.shell, its.lock);
  if (alive) refuseLiving({ ...its, lock: alive });
}
