import { askToStop } from "../providers/runbook/ask-owner.ts";
import { beats, type Locks, lockText, lookAtLocks } from "./locks.ts";
import { withStack } from "./open-stack.ts";
import { print, program } from "./program.ts";

const help = `npm run stop -- [stack]

Asks the run that is at work on the stack's nodes to end after its present step, and returns at once. The run then ends
as after a failure: undone before the recipient is fenced, halted with the donor serving after it. "npx pulumi up" takes
it up again. Without a stack: the one that is selected.

Exit codes: 0 it was asked, or no run is at work; 1 a node could not be asked; 2 not understood.
`;

await program(help, ({ stack }) =>
  withStack(stack, async (opened) => {
    const seen = await lookAtLocks(opened);
    const living = seen.locks.filter(beats);
    const asked = await Promise.all(living.map(({ shell, lock }) => askToStop(shell, lock)));
    if (!asked.includes(true)) return nobody(seen);
    for (const its of living) print(lockText(its));
    print("It was asked to stop and ends after its present step. Then: npx pulumi up takes it up again.");
    return 0;
  }),
);

function nobody({ locks, unasked }: Locks): number {
  for (const line of unasked) print(line);
  if (unasked.length > 0) {
    print("No run is seen at work on the node that answers.");
    return 1;
  }
  for (const its of locks) print(lockText(its));
  print(`No run is at work${locks.length > 0 ? "; npx pulumi up takes up the one that left its lock" : ""}.`);
  return 0;
}
