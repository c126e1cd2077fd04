import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";

const SAMPLE_MS = 250;

/** Passwords of the lab: everything in its folder of secrets, and the passphrase of its stack. */
export const secretsOf = (lab: Lab): readonly string[] => {
  const folder = join(lab.folder, "secrets");
  const passphrase = lab.environment().PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
  return [...readdirSync(folder).map((name) => join(folder, name)), passphrase].map((file) =>
    readFileSync(file, "utf8").trimEnd(),
  );
};

/** What is random of an awkward one stands at its end, and looks the same however the rest is quoted and escaped. */
const RANDOM_TAIL = /[0-9a-f]{10}$/;

/** What no escaping changes; of one that has no such part, as it is and as it stands in JSON and option files. */
export const inAllForms = (secrets: readonly string[]): readonly string[] =>
  secrets.flatMap((secret) => RANDOM_TAIL.exec(secret) ?? [secret, JSON.stringify(secret).slice(1, -1)]);

export interface ProcessWatch {
  /** Where a secret was seen: "cmdline of 4711", never the secret. */
  readonly seen: () => readonly string[];
  readonly samples: () => number;
  stop(): void;
}

/**
 * A process may still become another program: it is looked at in its first samples, and then every ten seconds, for there
 * are hundreds where labs work side by side.
 */
const FIRST_SAMPLES = 4;
const LATER_EVERY = 40;

/** Looks for these, and for the passwords of runs, into command line and environment of every process, again and again. */
export const watchProcesses = (secrets: () => readonly string[]): ProcessWatch => {
  const seen = new Set<string>();
  let samples = 0;
  let ages = new Map<string, number>();
  const timer = setInterval(() => {
    samples += 1;
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    ages = new Map(pids.map((pid) => [pid, (ages.get(pid) ?? 0) + 1]));
    const due = (pid: string): boolean =>
      (ages.get(pid) ?? 0) <= FIRST_SAMPLES || (ages.get(pid) ?? 0) % LATER_EVERY === 0;
    const known = secrets();
    for (const pid of pids.filter(due))
      for (const file of ["cmdline", "environ"])
        if (holds(join("/proc", pid, file), known)) seen.add(`${file} of ${pid}`);
  }, SAMPLE_MS);
  return { seen: () => [...seen], samples: () => samples, stop: () => clearInterval(timer) };
};

/** Files under a folder that hold one of these or a password of a run, except those that are there to hold it. */
export const filesWith = (folder: string, secrets: readonly string[], except: RegExp): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !except.test(file.slice(folder.length)) && holds(file, secrets));

/**
 * The password that a run makes up for its replication accounts: nobody here knows it, but it has a form of its own. Two
 * places may hold it, and no other: the secret folder of a job while the job lives, for its clients to log in; and the
 * tables in which a server keeps its link, among its data. A server's log of statements has <secret> in its place.
 */
const OF_A_RUN = /rP1_[\w-]{24}/;

export const secretsIn = (text: string | Buffer, secrets: readonly string[]): boolean =>
  secrets.some((secret) => text.includes(secret)) || OF_A_RUN.test(text.toString("latin1"));

/** A process may end, and a file go, between the listing and the look. */
const holds = (file: string, secrets: readonly string[]): boolean => {
  try {
    return secretsIn(readFileSync(file), secrets);
  } catch {
    return false;
  }
};
