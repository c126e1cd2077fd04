import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import type { HostName } from "../../../lab/record.ts";
import { waitFor } from "../../../lab/wait.ts";
import { replicationAccount } from "../../../providers/mysql/run-accounts.ts";
import { otherSide } from "../../../providers/pair.ts";
import { addressOf, isFenced, lockOwners, runningGateways } from "../nodes.ts";
import { filesOf, isKept } from "./files.ts";
import { answering, began, type Invariant, lastOf, runAccountsOn, type Scene, type Violation } from "./scene.ts";

/** 6: by their tokens: two runners of one run are two owners. */
export const oneLockOwner: Invariant = async ({ lab, moment }) => {
  const owners = [...new Set(lockOwners(lab))];
  if (owners.length > 1) return [`two runners hold locks: ${owners.join(", ")}`];
  return moment === "end" && owners.length > 0 ? [`the lock of ${owners[0]} was left`] : [];
};

interface LivingJob {
  readonly host: HostName;
  readonly folder: string;
  readonly name: string;
}

/** By the mark that every process of a job bears. */
const livingJobs = (lab: Lab): readonly LivingJob[] => {
  const folders = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        return words.filter((word) => word.startsWith("PAIR_JOB=")).map((word) => word.slice("PAIR_JOB=".length));
      } catch {
        return []; // it has ended
      }
    });
  return lab
    .hosts()
    .flatMap((host) =>
      [...new Set(folders)]
        .filter((folder) => folder.startsWith(`${host.folder}/`))
        .map((folder) => ({ host: host.name, folder, name: folder.slice(folder.lastIndexOf("/") + 1) })),
    );
};

const ENDS_MS = 20_000;

/** Of files with a password those that no job logs in with. One that has just ended removes its own in a moment. */
export const outsideOfJobs = async (lab: Lab, files: readonly string[]): Promise<readonly string[]> => {
  let left = files;
  const areGone = async (): Promise<boolean> => {
    left = files.filter((file) => existsSync(file));
    if (left.length === 0) return true;
    const jobs = livingJobs(lab).map(({ folder }) => `${folder}/secret/`);
    left = left.filter((file) => !jobs.some((folder) => file.startsWith(folder)));
    return left.length === 0;
  };
  await waitFor("jobs that have ended to be gone", areGone, ENDS_MS).catch(() => undefined);
  return left;
};

/** Who brings back the gateways that a run which was cut off has stopped. */
const withoutGuard = (scene: Scene, jobs: readonly LivingJob[]): readonly Violation[] => {
  const { lab, before, moment, reaction } = scene;
  if (moment !== "left" || reaction !== "stands") return [];
  const guards = jobs.filter(({ name }) => name === "guard").filter((job) => mayHold(scene) || !holds(job));
  const alone = [...runningGateways(lab), ...guards.map(({ host }) => host)];
  return before.running
    .filter((host) => !alone.includes(host))
    .map((host) => ({ host, text: `the gateway on ${host} is stopped, and no guard is there that may start it` }));
};

/** Its last beat has told it to start nothing. */
const holds = ({ folder }: LivingJob): boolean => / hold$/m.test(readFileSync(join(folder, "beat"), "utf8"));

/** From "reset begun" to the coordinates, and from the position of the copy, which is noted, until its dump has begun. */
const mayHold = ({ journal }: Scene): boolean => {
  const { step, kind } = journal?.events.at(-1) ?? {};
  return kind === "noted" ? step === "reset" || step === "clone" : kind === "started" && step === "reset";
};

/** The small job of preflight, which ends by itself. */
const probeOf = (step: string): string => (step === "preflight" ? "probe" : "");

/** 7: a job may outlive a run that was cut off inside it; sessions of ours may not outlive a run that ended. */
export const nothingRuns: Invariant = async (scene) => {
  const { lab, journal, reaction } = scene;
  const last = journal?.events.at(-1);
  const cutOff = reaction === "stands" || reaction === "owed";
  const may = [
    ...(cutOff ? ["guard"] : []),
    ...(cutOff && (last?.kind === "started" || last?.kind === "noted") ? [last.step, probeOf(last.step)] : []),
  ];
  const jobs = livingJobs(lab);
  const found: Violation[] = jobs
    .filter(({ name }) => !may.includes(name))
    .map(({ host, name }) => ({ host, text: `the job ${name} still runs on ${host}` }));
  found.push(...withoutGuard(scene, jobs));
  if (reaction !== "stands")
    for (const side of await answering(lab))
      for (const { who } of await lab.sql<{ who: string }>(
        side,
        "SELECT CONCAT(user, ' ', command) AS who FROM information_schema.processlist WHERE user LIKE 'rp\\_%' AND command NOT LIKE 'Binlog Dump%'",
      ))
        found.push({ host: side, text: `session ${who} on the ${side}` });
  return found;
};

/** A dump that was not finished belongs to an open journal whose backup was neither done nor undone. */
const mayBePartial = (scene: Scene): boolean =>
  scene.journal?.finished === false && ["started", "failed", "undo-failed"].includes(lastOf(scene, "backup") ?? "");

const openToOthers = (lab: Lab): readonly Violation[] =>
  lab.hosts().flatMap(({ name: host, folder }) =>
    readdirSync(join(folder, "state"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      // A guard replaces its files meanwhile.
      .filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
      .map((file) => ({ host, text: `${file} is open to others` })),
  );

/** What an undone run made is gone, and after a healthy one its own account is the only one on each node. */
const accountsLeft = async ({ lab, moment, reaction, before, journal }: Scene): Promise<readonly Violation[]> => {
  if (moment === "left" && reaction !== "undone") return [];
  const found: Violation[] = [];
  for (const side of await answering(lab)) {
    const accounts = (await runAccountsOn(lab, side)).join(" ");
    const right =
      moment === "end"
        ? [`${replicationAccount(journal?.runId ?? "")}@${addressOf(lab, otherSide(side))}`]
        : before.accounts[side];
    if (accounts !== right.join(" "))
      found.push({ host: side, text: `accounts of runs on the ${side} are ${accounts}, and not ${right.join(" ")}` });
  }
  return found;
};

/** 14: outside the state folder stand backups and what the journal accounts for; inside it all is private. */
export const nothingLeft: Invariant = async (scene) => {
  const { lab, moment, before, journal } = scene;
  const isAccounted = (file: string): boolean =>
    before.files.has(file) || isKept(file) || (mayBePartial(scene) && file.endsWith(".sql.partial"));
  const added = lab.hosts().flatMap(({ name: host, folder }) =>
    filesOf(folder)
      .filter((file) => !isAccounted(file))
      .map((file) => ({ host, text: `${file} was left` })),
  );
  const tokensStand = moment !== "end" && journal?.finished === false && began(scene, "wire-donor");
  const schemas: Violation[] = [];
  for (const side of tokensStand ? [] : await answering(lab))
    if ((await lab.sql(side, "SHOW DATABASES LIKE 'replication_pair'")).length > 0)
      schemas.push({ host: side, text: `the schema replication_pair was left on the ${side}` });
  return [
    ...added,
    ...openToOthers(lab),
    ...schemas,
    ...(await accountsLeft(scene)),
    ...(moment === "end" && isFenced(lab) ? ["the fence marker was left"] : []),
  ];
};
