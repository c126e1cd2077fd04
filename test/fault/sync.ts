import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";
import type { Side } from "../../lab/record.ts";
import { clientFolder } from "./gate.ts";
import { hostFolder, sides } from "./nodes.ts";

/** Before a program whose every fsync fails (strace(1), "Tampering"). */
const tampering = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=fsync:error=ENOSPC"] as const;

const failingFile = (lab: Lab, side: Side): string => join(clientFolder(lab, side), "sync-fails");

const syncText = (lab: Lab, side: Side, real: string): string => `#!/bin/sh
[ -e '${failingFile(lab, side)}' ] || exec '${real}' "$@"
exec ${tampering.join(" ")} '${real}' "$@"
`;

/** The `sync` of both nodes, which can be made to fail. */
export const installSync = (lab: Lab): void => {
  const real = execFileSync("which", ["sync"], { encoding: "utf8" }).trim();
  for (const side of sides)
    writeFileSync(join(hostFolder(lab, side), "bin/sync"), syncText(lab, side, real), { mode: 0o755 });
};

export const failSync = (lab: Lab, side: Side): void => writeFileSync(failingFile(lab, side), "");
export const mendSync = (lab: Lab, side: Side): void => rmSync(failingFile(lab, side), { force: true });

export const cannotFailSync = (): string | undefined => {
  const [strace, ...words] = tampering;
  return spawnSync(strace, [...words, "sync", tmpdir()]).status === 1 ? undefined : "strace cannot make an fsync fail";
};
