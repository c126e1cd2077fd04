import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import { secretsOf } from "../../support/secrets-watch.ts";
import { isFenced, lockOwners, sides } from "../nodes.ts";
import { filesOf, isKept } from "./files.ts";
import { answering, type Invariant } from "./scene.ts";

/** 6 */
export const oneLockOwner: Invariant = async ({ lab, moment }) => {
  const owners = [...new Set(lockOwners(lab))];
  if (owners.length > 1) return [`two runs hold locks: ${owners.join(", ")}`];
  return moment === "end" && owners.length > 0 ? [`the lock of run ${owners[0]} was left`] : [];
};

const jobsOf = (lab: Lab): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const mark = readFileSync(`/proc/${pid}/environ`, "utf8")
          .split("\0")
          .find((line) => line.startsWith(`PAIR_JOB=${lab.folder}/`));
        return mark ? [mark.slice(mark.lastIndexOf("/") + 1)] : [];
      } catch {
        return []; // it has ended
      }
    });

/** 7: a job may outlive a run that was cut off inside it; sessions of ours may not outlive a run that ended. */
export const nothingRuns: Invariant = async ({ lab, journal, reaction }) => {
  const last = journal?.events.at(-1);
  const cutOff = reaction === "stands" || reaction === "owed";
  const may = [
    ...(cutOff ? ["guard"] : []),
    ...(cutOff && (last?.kind === "started" || last?.kind === "noted") ? [last.step] : []),
  ];
  const jobs = [...new Set(jobsOf(lab))].filter((job) => !may.includes(job));
  const sessions: string[] = [];
  if (reaction !== "stands")
    for (const side of await answering(lab))
      for (const { who } of await lab.sql<{ who: string }>(
        side,
        "SELECT CONCAT(user, ' ', command) AS who FROM information_schema.processlist WHERE user LIKE 'rp\\_%' AND command NOT LIKE 'Binlog Dump%'",
      ))
        sessions.push(`session ${who} on the ${side}`);
  return [...jobs.map((job) => `the job ${job} still runs`), ...sessions];
};

/** 14: at the end, backups apart, the run has left nothing; and inside the state folder all is private. */
export const nothingLeft: Invariant = async ({ lab, moment, before }) => {
  if (moment !== "end") return [];
  const now = lab.hosts().flatMap(({ folder }) => filesOf(folder));
  const added = now.filter((file) => !before.files.has(file) && !isKept(file));
  const open = lab
    .hosts()
    .flatMap(({ folder }) => readdirSync(join(folder, "state"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => (statSync(file).mode & 0o077) !== 0);
  const schemas: string[] = [];
  for (const side of sides)
    if ((await lab.sql(side, "SHOW DATABASES LIKE 'replication_pair'")).length > 0)
      schemas.push(`replication_pair on ${side}`);
  return [
    ...added.map((file) => `${file} was left`),
    ...open.map((file) => `${file} is open to others`),
    ...schemas.map((schema) => `the schema ${schema} was left`),
    ...(isFenced(lab) ? ["the fence marker was left"] : []),
  ];
};

/** 15: in what was said. Files and process lists are looked at over the whole suite. */
export const noSecretSaid: Invariant = async ({ lab, up }) =>
  secretsOf(lab).some((secret) => up.output.includes(secret)) ? ["the output holds a password"] : [];

/** 16: what happened, in which state, who serves, where the backup is, one next move. */
export const messageComplete: Invariant = async ({ up, spoke, reaction, moment }) => {
  if (moment !== "left" || !spoke || !["undone", "halted", "owed"].includes(reaction)) return [];
  const parts = [/step \d+\/\d+ \([a-z-]+\) failed/, /state: S[0-6] \(/, /who serves: \S/, /backup: \S/, /next: \S/];
  return parts.filter((part) => !part.test(up.output)).map((part) => `the message lacks ${part.source}`);
};
