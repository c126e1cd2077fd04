import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { command } from "./command.ts";
import type { GoProgram } from "./pins.ts";
import { type Say, sayWhile } from "./say.ts";

const buildLimitMs = 60 * 60_000;
const listLimitMs = 10 * 60_000;

/** Path of the Go tool: on PATH, or where its own installer puts it. */
export function findGo(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/go/bin", "/usr/lib/go/bin"];
  return folders.map((folder) => join(folder, "go")).find(existsSync);
}

/** Builds the program into `target`. Fetches its modules with Go's own settings (GOPROXY and so on). */
export async function buildGoProgram(go: string, program: GoProgram, target: string, say: Say): Promise<void> {
  const options = { cwd: program.moduleFolder, timeoutMs: buildLimitMs };
  // -trimpath: no path of this machine in the program. -s -w: no debug tables, a third of the size.
  const variable = program.versionVariable ? ` -X ${program.versionVariable}=${program.version}` : "";
  const words = ["build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", `-s -w${variable}`, "-o", target];

  say(`Building ${program.title} ${program.version} with ${go}: takes ${program.expectedMinutes} the first time.`);
  const total = await countPackages(go, program, say);
  let compiled = 0;
  const building = command(go, [...words, program.mainPackage], {
    ...options,
    onErrorLine: (line) => {
      if (isPackage(line)) compiled += 1;
    },
  });
  // Go names only what it compiles; packages in its own build cache are not repeated.
  await sayWhile(say, building, () => `${compiled} of up to ${total} packages compiled`, 10);
  say(`Built ${program.title}.`);
}

const isPackage = (line: string): boolean => /^[\w./~-]+$/.test(line);

/** How many packages the program is made of; fetches the modules on the way. */
async function countPackages(go: string, program: GoProgram, say: Say): Promise<number> {
  let fetched = 0;
  const listing = command(go, ["list", "-deps", program.mainPackage], {
    cwd: program.moduleFolder,
    timeoutMs: listLimitMs,
    onErrorLine: (line) => {
      if (line.startsWith("go: downloading")) fetched += 1;
    },
  });
  const text = await sayWhile(say, listing, () => `${fetched} modules fetched`, 10);
  return text.trim().split("\n").length;
}
