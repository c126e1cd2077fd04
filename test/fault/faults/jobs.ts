import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeOptionFile } from "../../../lab/host/files.ts";
import type { Lab } from "../../../lab/lab.ts";
import { renewSecret, secret } from "../../../lab/passwords.ts";
import type { Side } from "../../../lab/record.ts";
import { withSql } from "../../../lab/sql.ts";
import { ADMIN, adminPassword } from "../admin.ts";
import type { Fault, Reaction } from "../fault.ts";
import { jobSide, placeDump, removeDump, starvedFile } from "../gate.ts";
import { recipient, sides } from "../nodes.ts";
import { type Point, stepIndex } from "../points.ts";

/** The job that a run at this point has yet to begin; undefined: it needs none any more, or is in the middle of one. */
const nextJob = ({ index, step, inside }: Point): "backup" | "clone" | undefined => {
  if (inside !== undefined && step === "clone") return undefined;
  return index < stepIndex("backup") ? "backup" : index < stepIndex("clone") ? "clone" : undefined;
};

const nodeOf = (point: Point): Side => jobSide(nextJob(point) ?? "backup");

/** What is missing at the next job: before the fence it is undone, the clone's failure halts. */
const atNextJob = (point: Point): readonly Reaction[] => (nextJob(point) === "backup" ? ["undone"] : ["halted"]);

const beforeJob = {
  strikes: (point: Point) => nextJob(point) !== undefined,
  at: nodeOf,
  expects: atNextJob,
} as const;

export const toolMissing: Fault = {
  name: "tool-missing",
  says: /mysqldump.*not found/,
  ...beforeJob,
  impossible: () =>
    spawnSync("which", ["mysqldump"]).status === 0
      ? "this machine has a mysqldump of its own, which would be found"
      : undefined,
  inject: async ({ lab, point }) => removeDump(lab, nodeOf(point)),
  async heal(lab) {
    for (const side of sides) placeDump(lab, side);
  },
};

const CGROUPS = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" },
  { root: "/sys/fs/cgroup", limit: "memory.max" },
] as const;
/** Less than any client needs. */
const LIMIT_BYTES = 1024 * 1024;
const NAME = `replication-pair-fault-${process.pid}`;

/** A folder of the machine's memory controller in which a group can be made. */
const cgroup = (): (typeof CGROUPS)[number] | undefined =>
  CGROUPS.find(({ root, limit }) => {
    try {
      mkdirSync(join(root, NAME));
      const able = existsSync(join(root, NAME, limit));
      rmdirSync(join(root, NAME));
      return able;
    } catch {
      return false;
    }
  });

/** 128 and the number of SIGKILL is what the job's shell tells. */
const outOfMemory = (client: "mysqldump" | "mysql"): Omit<Fault, "name" | "says"> => ({
  ...beforeJob,
  impossible: () => (cgroup() ? undefined : "no memory cgroup can be made here"),
  async inject({ lab, point }) {
    const { root, limit } = cgroup() ?? CGROUPS[0];
    mkdirSync(join(root, NAME));
    writeFileSync(join(root, NAME, limit), String(LIMIT_BYTES));
    writeFileSync(starvedFile(lab, client === "mysql" ? recipient : nodeOf(point), client), join(root, NAME));
  },
  async heal(lab) {
    for (const side of sides) rmSync(starvedFile(lab, side, client), { force: true });
    for (const { root } of CGROUPS) if (existsSync(join(root, NAME))) rmdirSync(join(root, NAME));
  },
});

export const dumpOutOfMemory: Fault = {
  ...outOfMemory("mysqldump"),
  name: "dump-out-of-memory",
  says: /(the backup failed|the clone failed) with exit code 137\b/,
};

export const loadOutOfMemory: Fault = {
  ...outOfMemory("mysql"),
  name: "load-out-of-memory",
  says: /the clone failed with exit code 137\b/,
  at: () => recipient,
  expects: () => ["halted"],
};

const changesAccount = {
  ...beforeJob,
  /** Each new session meets it too, also one of the undo; the clone is the last that may. */
  expects: (point: Point): readonly Reaction[] =>
    point.phase === "late"
      ? ["halted"]
      : ["undone", "owed", ...(nextJob(point) === "backup" ? [] : (["halted"] as const))],
} as const;

/** Changes the account by which the node's own programs log in; sessions that are open stay. */
const account = (name: string, change: string, says: RegExp): Fault => ({
  name,
  says,
  ...changesAccount,
  inject: ({ lab, point }) => alter(lab, nodeOf(point), change, []),
  async heal(lab) {
    for (const side of sides)
      await alter(lab, side, "IDENTIFIED BY ? ACCOUNT UNLOCK", [secret(lab.record(), `root-${side}`)]);
  },
});

const alter = (lab: Lab, side: Side, change: string, values: readonly unknown[]): Promise<void> =>
  withSql(
    lab.record(),
    side,
    async (sql) => {
      await sql.query("SET sql_log_bin = 0");
      // Of a fence; the run stands still meanwhile.
      const [{ fenced } = { fenced: 0 }] = await sql.query<{ fenced: number }>("SELECT @@super_read_only AS fenced");
      if (fenced) await sql.query("SET GLOBAL super_read_only = OFF");
      await sql.query(`ALTER USER root@localhost ${change}`, values);
      if (fenced) await sql.query("SET GLOBAL super_read_only = ON");
    },
    { user: ADMIN, password: adminPassword(lab) },
  );

/** The server's number and its words, on one line. */
const refusal = (code: number, words: string): RegExp => new RegExp(`^(?=.*\\b${code}\\b).*${words}`, "m");

/** The operator puts the new one in place, from where the run takes it. */
export const passwordChanged: Fault = {
  ...changesAccount,
  name: "password-changed",
  says: refusal(1045, "Access denied for user 'root'"),
  async inject({ lab, point }) {
    const side = nodeOf(point);
    await alter(lab, side, "IDENTIFIED BY ?", [renewSecret(lab.record(), `root-${side}`)]);
  },
  async heal(lab) {
    for (const side of sides) writeOptionFile(lab.record(), side);
  },
};
export const accountLocked = account("account-locked", "ACCOUNT LOCK", refusal(3118, "Account is locked\\."));
export const passwordExpired = account(
  "password-expired",
  "PASSWORD EXPIRE",
  refusal(1862, "Your password has expired\\."),
);
