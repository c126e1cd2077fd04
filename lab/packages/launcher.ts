import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { quoted } from "../shell-text.ts";

export interface Launch {
  /** Unpacked root whose own libc and loader run the program; the machine's libc may be too old for it. */
  readonly root: string;
  readonly program: string;
  /** Folders searched before the root's own libraries. */
  readonly libraries?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export const librariesOf = (root: string): string => `${root}/usr/lib/x86_64-linux-gnu`;

/** Writes a script that runs a program of an unpacked package. */
export function writeLauncher(file: string, launch: Launch): void {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const path = [...(launch.libraries ?? []), librariesOf(launch.root)].join(":");
  const exports = Object.entries(launch.environment ?? {}).map(([key, value]) => `export ${key}=${quoted(value)}\n`);
  const loader = `${launch.root}/usr/lib64/ld-linux-x86-64.so.2`;
  const line = [loader, "--argv0", name, "--library-path", path, launch.program].map(quoted).join(" ");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${exports.join("")}exec ${line} "$@"\n`);
  chmodSync(file, 0o755);
}
