import { localOptions } from "../clone/client-options.ts";
import { SafetyError } from "../errors.ts";
import { attachJob, cancelJob, type Job, jobOf, removeJob, startJob } from "../node/job.ts";
import type { Node, Shell } from "../node/node.ts";
import { argText } from "../node/shell.ts";
import { createTurns, type Turns } from "../node/turn.ts";
import { guardBeatText, guardText } from "./guard-script.ts";
import type { GatewayHostShell } from "./step.ts";

/** What the guards may do when this run is no longer heard. */
type Word = "may-start" | "hold" | "end";

/**
 * While the gateways are stopped, a detached job on each of their hosts starts them again when it has not heard of the run for
 * `policy.guardSeconds`: the runner may be gone for good, and nobody may know. The donor is held read-only meanwhile, so
 * its host has a guard in any case: it lets the donor take writes again, then starts its own gateway; the other hosts'
 * guards wait a little longer, so that their gateways find a donor that takes writes.
 *
 * Is that safe? The data that the run keeps is the donor's, and the recipient is untouched or fenced: the gateways go where a
 * halt would send them. What the donor is given then is in its contents before the next `up` stops the gateways, compares
 * and clones again from zero. Only between "reset begun" and "coordinates taken" the guards hold: what was written there
 * could fall out of both log and copy. A run that was merely asleep learns at its next step that a guard has acted, and ends.
 */
export interface Guard {
  /** Posts a guard on the donor's host and on each host whose gateway ran before; ends those of an earlier attempt first. */
  post(gatewaysBefore: readonly string[]): Promise<void>;
  /** SafetyError: one has acted, and the gateways write. Nothing where none is posted. */
  assertQuiet(): Promise<void>;
  /** From here on none may start anything, whoever goes away. On every host, or it throws. */
  hold(): Promise<void>;
  /** Each may start its gateway again. */
  allow(): Promise<void>;
  /** The gateways are started: no guard is needed. */
  end(): Promise<void>;
  /** The run ends; where its guards are still posted they act in time. */
  leave(): void;
}

export interface GuardSettings {
  readonly runId: string;
  readonly donor: Node;
  readonly recipient: Node;
  readonly hosts: readonly GatewayHostShell[];
  readonly limitSeconds: number;
  readonly tell: (text: string) => Promise<void>;
}

interface Post {
  readonly shell: Shell;
  readonly job: Job;
  readonly turns: Turns;
}

const JOB = "guard";
const BEAT_MS = 10_000;
const SCRIPT_MS = 30_000;
/** A guard in the middle of an attempt is waited for. */
const END_MS = 210_000;
/** Longer than any run: what is left after it ends by itself. */
const JOB_LIMIT_SECONDS = 7 * 24 * 3600;
/** The other hosts' gateways come after the donor takes writes. */
const AFTER_DONOR_SECONDS = 15;

export const createGuard = (settings: GuardSettings): Guard => {
  let posts: readonly Post[] = [];
  let word: Word = "may-start";
  let timer: NodeJS.Timeout | undefined;

  /** In turn for each host, and with the word as it is then: an older word must not come after a newer one. */
  const beat = ({ shell, job, turns }: Post): Promise<void> =>
    turns.run(async () => {
      const { stdout } = await shell.script(guardBeatText, [job.folder, word], SCRIPT_MS);
      const fired = firedText(shell.host.name, stdout);
      if (fired) throw new SafetyError(`this run was not heard of in time: ${fired}`, { node: shell.host.name });
    });
  const beatAll = async (): Promise<void> => void (await Promise.all(posts.map(beat)));
  const leave = (): void => clearInterval(timer);

  return {
    async post(gatewaysBefore) {
      const { donor, recipient, hosts, tell } = settings;
      const shells = [donor, recipient, ...hosts.map(({ shell }) => shell)];
      const seen = new Map(shells.map((shell) => [shell.host.name, shell]));
      for (const shell of seen.values()) await dismiss(shell, tell);
      word = "may-start";
      posts = [];
      const guarded = hosts.filter(({ host }) => gatewaysBefore.includes(host.name));
      const own = guarded.find(({ host }) => host.name === donor.host.name);
      // Added one by one: a failure leaves those that stand to be ended.
      posts = [await postOne(settings, donor, own)];
      for (const other of guarded.filter((its) => its !== own))
        posts = [...posts, await postOne(settings, other.shell, other)];
      await beatAll();
      timer = setInterval(() => void Promise.allSettled(posts.map(beat)), BEAT_MS);
      timer.unref();
    },
    assertQuiet: beatAll,
    async hold() {
      word = "hold";
      await beatAll();
    },
    async allow() {
      word = "may-start";
      await Promise.allSettled(posts.map(beat));
    },
    async end() {
      leave();
      for (const { shell, turns } of posts)
        await turns
          .run(() => dismiss(shell, settings.tell))
          .catch((error: Error) =>
            settings.tell(
              `${shell.host.name}: its guard could not be ended (${error.message}); it starts nothing that runs`,
            ),
          );
      posts = [];
    },
    leave,
  };
};

const postOne = async (settings: GuardSettings, shell: Shell, gateway: GatewayHostShell | undefined): Promise<Post> => {
  const { donor, runId, limitSeconds } = settings;
  const onDonor = shell === donor;
  const sql = donor.dialect.releaseWrites().map((statement) => `${statement.sql};`);
  const service = gateway?.host.gateway;
  const job = await startJob(shell, {
    name: JOB,
    // Beside the runs: the next one finds it whichever run left it, and it keeps nobody from taking over a dead lock.
    runFolder: shell.host.stateFolder,
    script: guardText,
    args: [
      ...[String(onDonor ? limitSeconds : limitSeconds + AFTER_DONOR_SECONDS), runId, donor.host.clientFolder ?? ""],
      ...[onDonor ? sql.join("\n") : "", service?.processPattern ?? "", ...(service?.start ?? [])],
    ],
    secretFiles: onDonor ? { options: argText(await localOptions(donor)) } : {},
    limitSeconds: JOB_LIMIT_SECONDS,
  });
  return { shell, job, turns: createTurns() };
};

/** Ends the guard of a host, whoever posted it, and tells what it did; it can no longer act when this returns. */
const dismiss = async (shell: Shell, tell: (text: string) => Promise<void>): Promise<void> => {
  const job = jobOf(shell.host.stateFolder, JOB);
  const { stdout } = await shell.script(guardBeatText, [job.folder, "end"], END_MS);
  const fired = firedText(shell.host.name, stdout);
  if (fired) await tell(fired);
  if (!(await attachJob(shell, shell.host.stateFolder, JOB))) return;
  await cancelJob(shell, job);
  await removeJob(shell, job);
};

/** undefined: it did nothing. */
export const firedText = (host: string, stdout: string): string | undefined => {
  const [kind, run, how, at] = stdout.trim().split(" ");
  if (kind !== "fired") return undefined;
  const what = how === "acted" ? "brought the gateways back" : "tried in vain to bring the gateways back";
  return `${host}: the guard of run ${run} ${what} at ${at}`;
};
