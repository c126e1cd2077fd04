import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Lab } from "./lab.ts";
import { LabError, reasonOf } from "./lab-error.ts";
import { flavours } from "./packages/software.ts";
import { labFolder } from "./paths.ts";
import { processesOf } from "./processes.ts";
import { findRecord, hostNames, type Side, sides } from "./record.ts";
import { entries } from "./registry.ts";
import type { Say } from "./say.ts";
import { quoted } from "./shell-text.ts";
import { stackVariables } from "./stack.ts";
import { statusLines } from "./status.ts";
import type { UpOptions } from "./up.ts";

export interface Call {
  readonly lab: Lab;
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly say: Say;
}

type Command = (call: Call) => Promise<number | undefined>;

const print = (lines: readonly string[]): undefined => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
};

/** The word as one of those allowed; undefined when it is absent. */
function oneOf<T extends string>(allowed: readonly T[], word: unknown, what: string): T | undefined {
  if (word === undefined) return undefined;
  const found = allowed.find((its) => its === word);
  if (!found) throw new LabError(`${what} is one of ${allowed.join(", ")}; "${word}" is not.`);
  return found;
}

const needed = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new LabError(`${what} is missing. "npm run lab -- help" shows the form.`);
  return value;
};

function rateOf(values: Call["values"]): number | undefined {
  if (values.rate === undefined) return undefined;
  const rate = Number(values.rate);
  if (!(rate > 0 && rate <= 1000)) throw new LabError(`--rate is a number above 0, up to 1000 requests a second.`);
  return rate;
}

function upOptions(values: Call["values"]): UpOptions {
  const flavour = oneOf(flavours, values.flavour, "--flavour");
  const profile = oneOf(["layer7-gateway", "plain-mysql"] as const, values.profile, "--profile");
  const ratePerSecond = rateOf(values);
  return {
    ...(flavour ? { flavour } : {}),
    ...(profile ? { profile } : {}),
    ...(ratePerSecond ? { ratePerSecond } : {}),
    ...(values["awkward-passwords"] ? { passwords: "awkward" } : {}),
    stack: !values["no-stack"],
  };
}

const named = (lab: Lab): string => (lab.name === "lab" ? "" : ` --name ${lab.name}`);

const sideOf = (word: unknown, what: string): Side | undefined => oneOf(sides, word, what);

export const commands: Readonly<Record<string, Command>> = {
  up: async ({ lab, values }) => {
    const record = await lab.up(upOptions(values));
    print(await statusLines(record));
    if (values["no-stack"]) return undefined;
    return print([
      "",
      "The lab is up. To work on it as on a real cluster, in this folder:",
      `  eval "$(npm run -s lab -- env${named(lab)})"`,
      "  npx pulumi up",
      `Then break it with "npm run lab -- break duplicate-key${named(lab)}", and look with "npx pulumi refresh".`,
    ]);
  },
  status: async ({ lab }) => print(await statusLines(lab.record())),
  list: async () => print(listLines()),
  break: async ({ lab, words, values }) => {
    const replica = sideOf(values.link ?? values.node, "--link");
    await lab.break(words[0] ?? "", replica);
    return print(["", "Next: npx pulumi refresh, then npx pulumi preview, then npx pulumi up"]);
  },
  heal: async ({ lab }) => {
    await lab.heal();
    return undefined;
  },
  load: async ({ lab, words, values }) => {
    const verb = needed(
      oneOf(["start", "stop", "status"] as const, words[0], "What to do with the load"),
      "start|stop|status",
    );
    if (verb !== "status") await lab.load(verb, rateOf(values));
    return print([JSON.stringify(await lab.loadStatus())]);
  },
  sql: async ({ lab, words }) => {
    const side = needed(sideOf(words[0], "The side"), "The side, primary or secondary,");
    const rows = await lab.sql(side, needed(words[1], "The statement")).catch((error) => {
      throw error instanceof LabError ? error : new LabError(`The ${side} says: ${reasonOf(error)}`, { cause: error });
    });
    return print(rows.map((row) => JSON.stringify(row)));
  },
  shell: async ({ lab, words }) => {
    const name = needed(oneOf(hostNames, words[0], "The host"), "The host");
    return shell(lab, name);
  },
  env: async ({ lab }) => {
    lab.record();
    return print(environmentLines(stackVariables(lab.name)));
  },
  down: async ({ lab }) => {
    await lab.down();
    return undefined;
  },
  wipe: async ({ lab }) => {
    await lab.wipe();
    return undefined;
  },
};

/** The user's own Pulumi settings would win over some of the lab's. */
function environmentLines(variables: Record<string, string>): readonly string[] {
  const others = Object.keys(process.env).filter((name) => name.startsWith("PULUMI_") && !(name in variables));
  const exports = Object.entries(variables).map(([key, value]) => `export ${key}=${quoted(value)}`);
  return others.length > 0 ? [`unset ${others.join(" ")}`, ...exports] : exports;
}

function listLines(): readonly string[] {
  const lines = entries().map(({ name, folder, index }) => {
    const record = folder === labFolder(name) ? findRecord(name) : undefined;
    const count = processesOf(folder).length;
    const kind = record ? `${record.server.flavour} ${record.server.version}, ${record.profile}` : "?";
    return `${name.padEnd(20)} ${count ? "up" : "down"}  127.77.${index}.x  ${kind}  ${folder}`;
  });
  return lines.length ? lines : ['There is no lab yet. "npm run lab -- up" makes one.'];
}

async function shell(lab: Lab, name: string): Promise<number> {
  const host = needed(
    lab.hosts().find((its) => its.name === name),
    "The host",
  );
  const { port, hostKey, privateKeyPath } = lab.ssh(host);
  const known = `KnownHostsCommand=/bin/echo '[${host.address}]:${port} ${hostKey}'`;
  const words = ["-t", "-i", privateKeyPath, "-p", String(port), "-o", "StrictHostKeyChecking=yes", "-o", known];
  const child = spawn("ssh", [...words, "-o", "UserKnownHostsFile=/dev/null", host.address], { stdio: "inherit" });
  const [code] = await once(child, "close");
  return Number(code ?? 1);
}
