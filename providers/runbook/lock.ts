import { ExecError, SafetyError } from "../errors.ts";
import { withLimit } from "../node/limit.ts";
import type { Shell } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { isDead, type LockOwner, newOwner, parseOwner } from "./lock-owner.ts";
import { beatText, lookText, releaseText, takeText } from "./lock-script.ts";

/** A beat this old, by the node's own uptime, is no sign of life. */
export const staleSeconds = 60;
const beatMs = 10_000;
const limitMs = 30_000;

export interface LockSettings {
  readonly runId: string;
  /** user@host pid n */
  readonly owner: string;
  /** How long a lock without beats is waited for; a lock that beats is refused at once. */
  readonly patienceMs?: number | undefined;
  /** Told when it waits or takes over. */
  readonly tell?: ((text: string) => void) | undefined;
}

/** The lock on both nodes; beats by itself until it is released. */
export interface Lock {
  readonly runId: string;
  /** Renews it on both nodes now. SafetyError where it is no longer ours; UnreachableError where a node cannot be asked. */
  assertHeld(): Promise<void>;
  /** Its owner was asked to stop after the present act (see ask-owner.ts), as far as the last beats told. */
  stopAsked(): boolean;
  /** Removes it where it is ours; a node out of reach keeps it until it is stale. */
  release(): Promise<void>;
}

/** What a node says of its lock. */
export interface LockLook {
  readonly state: "free" | "held" | "taken" | "lost";
  readonly ageSeconds: number;
  /** Jobs of the owner's run that are alive on the node. */
  readonly jobs: readonly string[];
  /** The owner's line as it stands; "" none. */
  readonly ownerLine: string;
  readonly stopAsked: boolean;
}

export const parseLockLook = (stdout: string): LockLook => {
  const [state = "", age = "0", jobs = "", ownerLine = "", asked = ""] = stdout.split("\n");
  return {
    state: state as LockLook["state"],
    ageSeconds: Number(age),
    jobs: jobs.split(" ").filter((job) => job !== ""),
    ownerLine,
    stopAsked: asked === "stop",
  };
};

const folderOf = (shell: Shell): string => shell.host.stateFolder;
export const runOf = (line: string): string => parseOwner(line)?.runId ?? "";

/** ExecError where the lock cannot be read or written there: a full disk, mostly. */
export const ask = async (shell: Shell, text: string, args: readonly string[]): Promise<LockLook> => {
  const folder = folderOf(shell);
  try {
    return parseLockLook((await shell.script(text, [folder, ...args], limitMs)).stdout);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new ExecError(
      `${shell.host.name}: the lock ${folder}/lock could not be read or written: ${error.stderr.trim()}`,
      error.exitCode,
      error.stderr,
      {
        ...{ node: shell.host.name, cause: error },
        next: `make room on the disk of ${folder}, or repair it, then run npx pulumi up again`,
      },
    );
  }
};

export interface SeenLock extends LockLook {
  /** undefined: the lock is damaged. */
  readonly owner: LockOwner | undefined;
}

/** Who holds the lock of a node, and which jobs of that run live; undefined: nobody. Changes nothing. */
export const lookAtLock = async (shell: Shell): Promise<SeenLock | undefined> => {
  const first = await ask(shell, lookText, [""]);
  if (first.state === "free") return undefined;
  const look = await ask(shell, lookText, [runOf(first.ownerLine)]);
  return look.state === "free" ? undefined : { ...look, owner: parseOwner(look.ownerLine) };
};

/**
 * Waits until the locks of these nodes are free or stale. SafetyError as soon as one is seen to beat: its run is alive,
 * wherever its runner is.
 */
export const untilSilent = async (shells: readonly Shell[], tell: (text: string) => void): Promise<void> => {
  const seen = new Map<Shell, LockLook>();
  const waited = { waitingFor: "the lock to grow stale", limitMs: (staleSeconds + 15) * 1000, intervalMs: 2_000 };
  await poll(waited, async () => {
    const looks = await Promise.all(shells.map(async (shell) => ({ shell, look: await lookAtLock(shell) })));
    for (const { shell, look } of looks) {
      if (!look || look.ageSeconds > staleSeconds || (look.owner && isDead(look.owner))) continue;
      const before = seen.get(shell);
      if (before?.ownerLine === look.ownerLine && look.ageSeconds < before.ageSeconds) throw refusal(shell, look);
      if (!before) tell(`${shell.host.name}: ${sentence(look)}; waiting whether it shows life`);
      seen.set(shell, look);
      return undefined;
    }
    return true;
  });
};

/**
 * Takes the lock on all nodes or on none, in the order of their names. A lock that beats: SafetyError as soon as a beat
 * is seen. One without beats is waited for until it is stale (or at once where its owner ran on this machine and is dead) and then taken over,
 * unless a job of another run lives: SafetyError. The same run's own jobs are no hindrance: it takes up and attaches.
 */
export const takeLock = async (nodes: readonly Shell[], settings: LockSettings): Promise<Lock> => {
  const shells = nodes.toSorted((a, b) => (a.host.name < b.host.name ? -1 : 1));
  const mine = newOwner(settings.runId, settings.owner);
  const line = JSON.stringify(mine);
  const seen = new Map<Shell, LockLook>();
  const waited = { waitingFor: "the lock to grow stale", limitMs: settings.patienceMs ?? 75_000, intervalMs: 2_000 };
  const takeAll = async (): Promise<true | undefined> => {
    for (const shell of shells) {
      const blocked = await takeOne(shell, line, mine, seen.get(shell), settings);
      if (!blocked) continue;
      // All or none: nobody waits for one node while holding the other.
      await releaseAll(shells, line);
      if (!seen.has(shell)) settings.tell?.(`${shell.host.name}: ${sentence(blocked)}; waiting whether it shows life`);
      seen.set(shell, blocked);
      return undefined;
    }
    return true;
  };
  try {
    await poll(waited, takeAll);
  } catch (error) {
    await releaseAll(shells, line);
    throw error;
  }
  return holding(shells, mine, line);
};

/** undefined: taken. A look: held, by one who may be dead. SafetyError: held by one who lives. */
const takeOne = async (
  shell: Shell,
  line: string,
  mine: LockOwner,
  before: LockLook | undefined,
  settings: LockSettings,
): Promise<LockLook | undefined> => {
  const first = await ask(shell, takeText, [line, mine.runId, "", "", ""]);
  if (first.state === "taken") return undefined;
  const owner = parseOwner(first.ownerLine);
  const beaten = before?.ownerLine === first.ownerLine && first.ageSeconds < before.ageSeconds;
  if (beaten) throw refusal(shell, first);
  if (first.ageSeconds <= staleSeconds && !(owner && isDead(owner))) return first;
  const over = await ask(shell, takeText, [line, mine.runId, runOf(first.ownerLine), first.ownerLine, "over"]);
  if (over.state === "taken") {
    settings.tell?.(`${shell.host.name}: took over the lock: ${sentence(first)}`);
    return undefined;
  }
  if (over.jobs.length > 0) throw refusal(shell, over);
  return over;
};

export const sentence = (look: LockLook): string => {
  const owner = parseOwner(look.ownerLine);
  const whose = owner ? `run ${owner.runId} of ${owner.owner}` : "an unreadable lock";
  const jobs = look.jobs.length > 0 ? `, jobs alive: ${look.jobs.join(", ")}` : "";
  return `${whose}, last beat ${look.ageSeconds} s ago${jobs}`;
};

const refusal = (shell: Shell, look: LockLook): SafetyError =>
  new SafetyError(`${shell.host.name}: another run is at work: ${sentence(look)}`, {
    node: shell.host.name,
    next:
      look.jobs.length > 0
        ? "Wait until its jobs have ended, or run npx pulumi up from where it was started: it takes that run up."
        : "Wait until it has ended.",
  });

/** Held from now on: beats on all nodes each 10 s. */
const holding = (shells: readonly Shell[], mine: LockOwner, line: string): Lock => {
  let lost: SafetyError | undefined;
  let stopAsked = false;
  const beat = async (shell: Shell): Promise<void> => {
    const look = await ask(shell, beatText, [line]);
    if (look.state !== "held") {
      lost ??= new SafetyError(
        `${shell.host.name}: the lock of run ${mine.runId} was lost${look.ownerLine ? ` to ${sentence(look)}` : ""}`,
        { node: shell.host.name, next: "Nothing more is done by this run. Look which run is at work now." },
      );
      throw lost;
    }
    stopAsked ||= look.stopAsked;
  };
  const timer = setInterval(() => {
    for (const shell of shells) void beat(shell).catch(() => {});
  }, beatMs);
  timer.unref();
  return {
    runId: mine.runId,
    async assertHeld() {
      if (lost) throw lost;
      await Promise.all(shells.map(beat));
    },
    stopAsked: () => stopAsked,
    async release() {
      clearInterval(timer);
      await releaseAll(shells, line);
    },
  };
};

/** Best effort: what cannot be reached grows stale by itself. */
const releaseAll = async (shells: readonly Shell[], line: string): Promise<void> => {
  const release = async (shell: Shell): Promise<void> =>
    void (await shell.script(releaseText, [folderOf(shell), line], limitMs));
  await withLimit(Promise.allSettled(shells.map(release)), limitMs, () => new Error("not released")).catch(() => {});
};
