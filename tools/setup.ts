import { ensurePulumi } from "./get-pulumi.ts";
import { sayOnStderr } from "./say.ts";
import { SetupError } from "./setup-error.ts";

/** `npm run setup`: exit 0 when `npx pulumi` works, 1 with one message when it cannot. */
try {
  await ensurePulumi(process.env.PULUMI_HOME || undefined);
  sayOnStderr("npx pulumi is ready.");
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  sayOnStderr(error.message);
  process.exitCode = 1;
}
