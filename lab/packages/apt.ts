import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { NotToBeHad, reasonOf } from "../lab-error.ts";
import { run } from "../run.ts";
import { megabytes, type Say, sayWhile } from "../say.ts";

export interface DebRequest {
  /** For messages. */
  readonly what: string;
  /** Suite of the mirror, like "sid"; absent: the suite that this machine runs. */
  readonly suite?: string;
  readonly packages: readonly string[];
  /** nothing: all libraries come along, libc too; machine: only what this machine lacks. */
  readonly assumeInstalled: "nothing" | "machine";
}

export interface Deb {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/**
 * Downloads packages with everything they need into an apt root of our own under `folder`: needs no rights and
 * changes nothing of the machine's apt. The mirror is the one that this machine already uses.
 */
export async function downloadDebs(folder: string, request: DebRequest, say: Say): Promise<readonly Deb[]> {
  const options = await aptRoot(folder, request);
  await sayWhile(say, `Reading the package index for ${request.what}`, apt(options, ["update"]));
  const planned = await apt(options, ["--print-uris", "-y", "install", ...request.packages]);
  const sizes = planned.stdout.split("\n").flatMap((line) => /^'\S+' \S+ (\d+)/.exec(line)?.[1] ?? []);
  const totalBytes = sizes.reduce((sum, size) => sum + Number(size), 0);
  const archives = join(folder, "cache/archives");
  const soFar = () =>
    `${megabytes(bytesIn(archives) + bytesIn(join(archives, "partial")))} of ${megabytes(totalBytes)}`;
  await sayWhile(
    say,
    `Downloading ${sizes.length} packages for ${request.what}, ${megabytes(totalBytes)}`,
    apt(options, ["-y", "--download-only", "install", ...request.packages]),
    soFar,
  );
  return debsIn(archives);
}

/** Unpacks packages without installing them. Names in `leaveOut` are skipped, documentation is dropped. */
export async function unpackDebs(debs: readonly Deb[], root: string, leaveOut: RegExp, say: Say): Promise<void> {
  say(`Unpacking ${debs.length} packages`);
  // As on a merged-usr system: one library folder, whatever path a package names.
  for (const name of ["lib", "lib64", "bin", "sbin"]) {
    mkdirSync(join(root, "usr", name), { recursive: true });
    await run("ln", ["-sfn", `usr/${name}`, join(root, name)], { timeoutMs: 5000 });
  }
  for (const deb of debs)
    if (!leaveOut.test(deb.name)) await run("dpkg", ["-x", deb.path, root], { timeoutMs: 120_000 });
  for (const name of ["doc", "man", "locale", "info", "lintian", "bug"])
    await rm(join(root, "usr/share", name), { recursive: true, force: true });
}

async function aptRoot(folder: string, request: DebRequest): Promise<readonly string[]> {
  for (const name of ["state/lists/partial", "cache/archives/partial"])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "status"), request.assumeInstalled === "machine" ? statusWithout(request.packages) : "");
  writeFileSync(join(folder, "sources.list"), await sources(request));
  return [
    "-q",
    `-oDir::State=${join(folder, "state")}`,
    `-oDir::State::status=${join(folder, "status")}`,
    `-oDir::Cache=${join(folder, "cache")}`,
    `-oDir::Etc::SourceList=${join(folder, "sources.list")}`,
    "-oDir::Etc::SourceParts=/dev/null",
    "-oDir::Etc::PreferencesParts=/dev/null",
    "-oAPT::Install-Recommends=false",
    "-oAPT::Sandbox::User=",
    "-oAcquire::Languages=none",
    "-oAcquire::Retries=2",
  ];
}

/** What this machine has installed, less the packages asked for, so that those are sent in any case. */
function statusWithout(packages: readonly string[]): string {
  const stanzas = readFileSync("/var/lib/dpkg/status", "utf8").split("\n\n");
  return stanzas.filter((stanza) => !packages.includes(/^Package: (.*)$/m.exec(stanza)?.[1] ?? "")).join("\n\n");
}

/** Source lines for the suite wanted, from the first mirror that this machine itself uses for its own suite. */
async function sources(request: DebRequest): Promise<string> {
  const machine = readFileSync("/etc/os-release", "utf8");
  const id = /^ID=(.*)$/m.exec(machine)?.[1];
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(machine)?.[1];
  const targets = await apt([], ["indextargets", "--format", "$(RELEASE) $(SITE)"]);
  const own = targets.stdout.split("\n").find((line) => line.startsWith(`${codename} `));
  const site = own?.split(" ")[1];
  if (!codename || !site)
    throw new NotToBeHad(`this machine's apt names no mirror for its own suite (${codename ?? "unknown"})`);
  const keyring = `/usr/share/keyrings/${id}-archive-keyring.gpg`;
  const keys = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
  return `deb ${keys}${site} ${request.suite ?? codename} main\n`;
}

async function apt(options: readonly string[], words: readonly string[]) {
  try {
    return await run("apt-get", [...options, ...words], { timeoutMs: 10 * 60_000, called: `apt-get ${words[0]}` });
  } catch (error) {
    throw new NotToBeHad(reasonOf(error), { cause: error });
  }
}

/** Files only; one that is renamed away in the moment counts as nothing. */
function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return sum + (found?.isFile() ? found.size : 0);
  }, 0);
}

function debsIn(folder: string): readonly Deb[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".deb"))
    .map((file) => {
      const [name = "", version = ""] = file.split("_");
      // The epoch ("1:") stands for nothing outside Debian.
      return { name, version: decodeURIComponent(version).replace(/^\d+:/, ""), path: join(folder, file) };
    });
}

export function versionOf(debs: readonly Deb[], name: string): string {
  const version = debs.find((deb) => deb.name === name)?.version;
  if (!version) throw new NotToBeHad(`the mirror sent no package ${name}`);
  return version;
}
