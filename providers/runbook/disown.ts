import { logicalDump } from "../clone/logical-dump.ts";
import type { Context } from "./step.ts";

/** The copy may be no good: the next attempt must neither attach to what made it nor follow it up. It clones once more. */
export const disown = async (context: Context): Promise<void> => {
  // Another run may have made a good copy of it.
  await context.assertOurs();
  await context.note({ clone: null, contentsEqual: null });
  await logicalDump.forget(context.recipient, context.runId);
};
