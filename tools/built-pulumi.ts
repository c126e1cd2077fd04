import { createHash } from "node:crypto";
import { chmodSync, linkSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoProgram } from "./build-go-program.ts";
import { cachedFolder, pulumiCache } from "./cache.ts";
import { cliProgram, type GoProgram, hostProgram, packageFolder } from "./pins.ts";
import type { Say } from "./say.ts";

/**
 * The newest language host whose Go module can be fetched is older than the CLI and ignores `runtime.options` of
 * Pulumi.yaml, which today's CLI sends in the request: it would compile the program with ts-node at every run. Said as
 * flags it understands them. Only projects that have tsx want this; the CLI starts it in the project's folder.
 */
const hostScript = `#!/bin/sh
host="$(dirname "$0")/host-real"
folder=$PWD
while [ -n "$folder" ]; do
  if [ -d "$folder/node_modules/tsx" ]; then exec "$host" -typescript=false -nodeargs="--import tsx/esm" "$@"; fi
  folder=\${folder%/*}
done
exec "$host" "$@"
`;

/** Starts the dynamic provider of the SDK that the project in the current folder has installed. */
const providerLauncher = "pulumi-resource-pulumi-nodejs";

/** Scripts beside the two programs, by file name. */
const scripts = (): Readonly<Record<string, string>> => ({
  "pulumi-language-nodejs": hostScript,
  // A copy: the checkout that it comes from may be removed.
  [providerLauncher]: readFileSync(join(packageFolder("@pulumi/pulumi"), providerLauncher), "utf8"),
});

/** Its name holds everything that it is made of, so that a change of any pin makes a new one. */
const builtName = (): string => {
  const recipe = createHash("sha256").update(JSON.stringify(scripts())).digest("hex").slice(0, 8);
  return `cli-${cliProgram().version}-host-${hostProgram().version}-${recipe}`;
};

export const builtFolder = (): string => join(pulumiCache(), builtName());

/**
 * Folder with the CLI, its language host and the launcher of dynamic providers, as the official archive has them: side
 * by side the CLI finds them without a warning.
 */
export async function builtPulumi(go: string, say: Say): Promise<string> {
  const cli = await built("pulumi", cliProgram(), go, say);
  const host = await built("host", hostProgram(), go, say);
  return cachedFolder(builtName(), say, async (fresh) => {
    linkSync(cli, join(fresh, "pulumi"));
    linkSync(host, join(fresh, "host-real"));
    for (const [file, text] of Object.entries(scripts())) {
      writeFileSync(join(fresh, file), text);
      chmodSync(join(fresh, file), 0o755);
    }
  });
}

async function built(name: string, program: GoProgram, go: string, say: Say): Promise<string> {
  const folder = await cachedFolder(`${name}-${program.version}`, say, (fresh) =>
    buildGoProgram(go, program, join(fresh, name), say),
  );
  return join(folder, name);
}
