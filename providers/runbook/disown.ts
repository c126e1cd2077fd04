import { logicalDump } from "../clone/logical-dump.ts";
import { SafetyError } from "../errors.ts";
import type { Context } from "./step.ts";

/** After a SafetyError of `work` the copy may be no good: the next attempt clones once more. */
export const orDisown = async <T>(context: Context, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SafetyError) await disown(context);
    throw error;
  }
};

/** It must neither attach to what made the copy nor follow it up. */
const disown = async (context: Context): Promise<void> => {
  // Another run may have made a good copy of it.
  await context.assertOurs();
  await context.note({ clone: null, contentsEqual: null });
  await logicalDump.forget(context.recipient, context.runId);
};
