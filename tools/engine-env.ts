import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Environment of a Pulumi run whose home, state and passphrase lie in `folder` (made when missing), apart from the
 * user's own login and stacks. The same folder gives the same environment. Lay it over `withoutPulumi(process.env)`.
 */
export function engineEnv(folder: string): Record<string, string> {
  const home = join(folder, "home");
  const state = join(folder, "state");
  const passphraseFile = join(folder, "passphrase");
  for (const its of [home, state]) mkdirSync(its, { recursive: true, mode: 0o700 });
  if (!existsSync(passphraseFile))
    writeFileSync(passphraseFile, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  return {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Stack outputs follow what a refresh has seen.
    PULUMI_RUN_PROGRAM: "true",
    // What a run needs is put in place before; a missing plugin fails at once instead of being looked for.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** The user's own Pulumi settings would win over some of ours: a passphrase does over a passphrase file. */
export function withoutPulumi(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PULUMI_")));
}
