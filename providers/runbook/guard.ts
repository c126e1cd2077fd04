import { localOptions } from "../clone/client-options.ts";
import { ExecError, SafetyError } from "../errors.ts";
import type { Statement } from "../mysql/statement.ts";
import { attachJob, cancelJob, type Job, type JobOrder, jobOf, removeJob, startJob } from "../node/job.ts";
import type { Node, Shell } from "../node/node.ts";
import { argText } from "../node/shell.ts";
import { createTurns, type Turns } from "../node/turn.ts";
import { fenceFile } from "./fence-marker.ts";
import { guardBeatText, guardText } from "./guard-script.ts";
import { writesAsBefore } from "./quiet.ts";
import type { Facts, GatewayHostShell } from "./step.ts";

/** What the guards may do when this run is no longer heard. */
type Word = "may-start" | "hold" | "end";

/**
 * While the gateways are stopped, or verify holds the writes of the node that they prefer, a detached job on each of their hosts starts them again when it has not heard of the run for
 * `policy.guardSeconds`: the runner may be gone for good, and nobody may know. Both servers are held read-only meanwhile, so
 * their hosts have a guard in any case: it lets the server take writes again. That of the recipient does so only where no
 * fence marker stands (before the fence, or when contents and tokens have proved the copy), and refuses logins where one does:
 * gateways that prefer it would else find a server that refuses their writes. Every gateway is started a little later, so
 * that it finds servers that take writes.
 *
 * Is that safe? The data that the run keeps is the donor's, and the recipient is untouched or fenced: the gateways go where a
 * halt would send them. The next `up` stops them again, and takes what the donor was given meanwhile from its contents or from
 * its log. Only from "reset begun" until the coordinates are taken, and from the position of the copy until its instant is
 * past, the guards hold: what was written there could fall out of both log and copy, or be in both. A run that was merely
 * asleep learns before its next step or destructive act that a guard has acted, and ends.
 */
export interface Guard {
  /** Posts a guard on the hosts of both servers and on each host whose gateway ran before; ends those of an earlier attempt first. */
  post(facts: Facts): Promise<void>;
  /** SafetyError: one has acted, and the gateways write. Nothing where none is posted. */
  assertQuiet(): Promise<void>;
  /** From here on none may start anything, whoever goes away. On every host, or it throws. */
  hold(): Promise<void>;
  /** Each may start its gateway again. */
  allow(): Promise<void>;
  /** The gateways are started: no guard is needed, whoever posted it. */
  end(): Promise<void>;
  /** The run ends; where its guards are still posted they act in time. */
  leave(): void;
}

export interface GuardSettings {
  readonly runId: string;
  readonly donor: Node;
  /** Absent: out of reach. */
  readonly recipient?: Node;
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
/** Gateways come after the servers take writes; their guards have not all heard the last beat at the same instant. */
const AFTER_WRITES_SECONDS = 15;

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
    async post(facts) {
      const { donor, recipient, hosts } = settings;
      // The step may be tried again.
      leave();
      posts = [];
      for (const shell of shellsOf(settings)) await dismiss(shell, settings.tell);
      word = "may-start";
      const guarded = hosts.filter(({ host }) => facts.gatewaysBefore?.includes(host.name));
      const nodes = recipient ? [donor, recipient] : [donor];
      for (const node of nodes) {
        const own = guarded.find(({ host }) => host.name === node.host.name);
        posts = [...posts, await postNode(settings, node, facts, own)];
      }
      for (const other of guarded.filter(({ host }) => !nodes.some((node) => node.host.name === host.name)))
        posts = [...posts, await postOther(settings, other)];
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
      posts = [];
      for (const shell of shellsOf(settings))
        await dismiss(shell, settings.tell).catch((error: Error) =>
          settings.tell(
            `${shell.host.name}: its guard could not be ended (${error.message}); it starts nothing that runs`,
          ),
        );
    },
    leave,
  };
};

/** Each host that can have a guard, once. */
const shellsOf = ({ donor, recipient, hosts }: GuardSettings): readonly Shell[] => {
  const shells = [donor, ...(recipient ? [recipient] : []), ...hosts.map(({ shell }) => shell)];
  return [...new Map(shells.map((shell) => [shell.host.name, shell])).values()];
};

const postNode = async (
  settings: GuardSettings,
  node: Node,
  facts: Facts,
  gateway?: GatewayHostShell,
): Promise<Post> => {
  const text = (statements: readonly Statement[]): string => statements.map((its) => `${its.sql};`).join("\n");
  const options = argText(await localOptions(node));
  const [fence, refuseLogins] =
    node === settings.recipient ? [fenceFile(node), text(node.dialect.refuseLogins())] : ["", ""];
  return post(node, {
    args: [
      ...[String(settings.limitSeconds), settings.runId, node.host.clientFolder ?? ""],
      ...[text(writesAsBefore(node, facts)), fence, refuseLogins, String(AFTER_WRITES_SECONDS)],
    ],
    secretFiles: { options },
    gateway,
  });
};

const postOther = (settings: GuardSettings, gateway: GatewayHostShell): Promise<Post> =>
  post(gateway.shell, {
    args: [String(settings.limitSeconds + AFTER_WRITES_SECONDS), settings.runId, "", "", "", "", "0"],
    secretFiles: {},
    gateway,
  });

interface Orders extends Pick<JobOrder, "args" | "secretFiles"> {
  readonly gateway: GatewayHostShell | undefined;
}

const post = async (shell: Shell, { args, secretFiles, gateway }: Orders): Promise<Post> => {
  const service = gateway?.host.gateway;
  const job = await startJob(shell, {
    name: JOB,
    // Beside the runs: the next one finds it whichever run left it, and it keeps nobody from taking over a dead lock.
    runFolder: shell.host.stateFolder,
    script: guardText,
    args: [...args, service?.processPattern ?? "", ...(service?.start ?? [])],
    secretFiles,
    limitSeconds: JOB_LIMIT_SECONDS,
  });
  return { shell, job, turns: createTurns() };
};

/** Ends the guard of a host, whoever posted it, and tells what it did; it can no longer act when this returns. */
const dismiss = async (shell: Shell, tell: (text: string) => Promise<void>): Promise<void> => {
  const job = jobOf(shell.host.stateFolder, JOB);
  const { stdout } = await shell.script(guardBeatText, [job.folder, "end"], END_MS).catch(noRoomToTell);
  const fired = firedText(shell.host.name, stdout);
  if (fired) await tell(fired);
  if (!(await attachJob(shell, shell.host.stateFolder, JOB))) return;
  await cancelJob(shell, job);
  await removeJob(shell, job);
};

/** On a full disk it cannot be told, and is ended without; in the middle of an attempt (75) it is left to it. */
const noRoomToTell = (error: unknown): { stdout: string } => {
  if (error instanceof ExecError && error.exitCode !== 75) return { stdout: "" };
  throw error;
};

/** undefined: it did nothing. */
export const firedText = (host: string, stdout: string): string | undefined => {
  const [kind, run, how, at] = stdout.trim().split(" ");
  if (kind !== "fired") return undefined;
  const what = how === "acted" ? "brought the gateways back" : "tried in vain to bring the gateways back";
  return `${host}: the guard of run ${run} ${what} at ${at}`;
};
