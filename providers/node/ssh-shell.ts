import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { ExecError, LimitError, UnreachableError } from "../errors.ts";
import type { Host, Secrets } from "../pair.ts";
import type { Channel, ChannelEnd } from "./channel.ts";
import { composeScript, createFrameReader, type Framed, type FrameReader } from "./frame.ts";
import { keepLink } from "./kept-link.ts";
import { withLimit } from "./limit.ts";
import { type Arg, defaultLimits, type ExecResult, type Limits, type Shell } from "./node.ts";
import { poll } from "./poll.ts";
import { lastLines, redact, secretsOf } from "./shell.ts";
import { type Link, openLink } from "./ssh.ts";

/** A shell whose connection also carries forwards for SQL. */
export interface SshShell extends Shell {
  forwardSocket(path: string): Promise<Duplex>;
  forwardTcp(host: string, port: number): Promise<Duplex>;
  /** From now on `redact` hides this too: for a password that was read on the node. */
  hide(secret: string): void;
}

/** Ends what a script left running when its limit came: the process group of its shell. Detached jobs have their own. */
const killGroupScript = `
read -r stat <"/proc/$1/stat" || exit 0
read -r own <"/proc/$$/stat"
set -- \${stat##*) }; group=$3
set -- \${own##*) }
[ "$group" -gt 1 ] && [ "$group" != "$3" ] && kill -s KILL -- "-$group"
`;

const killMs = 5_000;

/** A host over SSH; connects at first use, and again at the next use after the connection was lost. */
export const connectShell = (host: Host, secrets: Secrets, limits: Limits = defaultLimits): SshShell => {
  const { name } = host;
  const hidden = new Set(Object.values(secrets).filter((secret): secret is string => typeof secret === "string"));
  const kept = keepLink(name, () => openLink(name, host.connection, secrets, limits));
  const { connected } = kept;

  const run = async (text: string, args: readonly Arg[], timeoutMs: number): Promise<ExecResult> => {
    const nonce = randomBytes(12).toString("hex");
    const script = composeScript(text, args, nonce);
    const clean = (words: string): string => redact(words, [...hidden, ...secretsOf(args)]);
    const channel = await openChannel(await connected(), host, limits);
    const startedMs = performance.now();
    const out = createFrameReader(nonce);
    const err = createFrameReader(nonce);
    const done = collect(channel, script, out, err, limits.outputBytesMax);
    try {
      const end = await withLimit(done, timeoutMs, () => limitError(name, timeoutMs, clean(err.read().body)));
      return answer(host, out.read(), err.read(), end, performance.now() - startedMs, clean);
    } catch (error) {
      const pid = out.read().pid;
      if (error instanceof LimitError && pid !== undefined && text !== killGroupScript)
        await run(killGroupScript, [String(pid)], killMs).catch(() => {});
      throw error;
    } finally {
      channel.destroy();
    }
  };

  return {
    host,
    tryScript: run,
    async script(text, args, timeoutMs) {
      const result = await run(text, args, timeoutMs);
      if (result.exitCode === 0) return result;
      throw new ExecError(
        `${name}: a script ended with exit code ${result.exitCode}: ${lastLines(result.stderr) || "it said nothing"}`,
        result.exitCode,
        result.stderr,
        { node: name },
      );
    },
    forwardSocket: async (path) => (await connected()).forwardSocket(path),
    forwardTcp: async (address, port) => (await connected()).forwardTcp(address, port),
    hide: (secret) => void hidden.add(secret),
    redact: (text) => redact(text, hidden),
    close: kept.close,
  };
};

/** Constant texts: scripts and their arguments come by stdin. exec: one process less for each of hundreds; restricted shells refuse it. */
const commandOf = (host: Host): string => (host.become === "sudo" ? "sudo -n /bin/sh -s" : "exec /bin/sh -s");

/** MaxSessions of sshd is 10: one more waits for its turn. */
const openChannel = async (link: Link, host: Host, limits: Limits): Promise<Channel> => {
  let last: unknown;
  const settings = { waitingFor: "a command channel", limitMs: limits.openMs, intervalMs: 250 };
  try {
    return await poll(settings, async () => {
      try {
        return await link.exec(commandOf(host));
      } catch (error) {
        if (link.lost()) throw error;
        last = error;
        return undefined;
      }
    });
  } catch (error) {
    throw error instanceof LimitError ? last : error;
  }
};

/** Resolves when both streams have their end mark, or with the channel's end. */
const collect = (
  channel: Channel,
  script: string,
  out: FrameReader,
  err: FrameReader,
  outputBytesMax: number,
): Promise<ChannelEnd> =>
  new Promise((resolve, reject) => {
    const take = (reader: FrameReader) => (chunk: Buffer) => {
      reader.push(chunk);
      if (out.byteCount() + err.byteCount() > outputBytesMax)
        reject(new LimitError(`a script printed more than ${outputBytesMax} bytes`));
      if (out.ended() && err.ended()) resolve({});
    };
    channel.on("data", take(out));
    channel.stderr.on("data", take(err));
    void channel.ended.then(resolve);
    channel.on("error", reject);
    channel.end(script);
  });

const answer = (
  host: Host,
  out: Framed,
  err: Framed,
  { exit }: ChannelEnd,
  durationMs: number,
  clean: (text: string) => string,
): ExecResult => {
  const { name } = host;
  if (out.exitCode !== undefined)
    return { exitCode: out.exitCode, stdout: out.body, stderr: clean(err.body), durationMs: Math.round(durationMs) };
  const said = clean(lastLines(`${out.body}\n${err.body}`)) || "nothing";
  if (exit?.signal)
    throw new ExecError(
      `${name}: the script's shell was ended by signal ${exit.signal}; it said: ${said}`,
      128,
      clean(err.body),
      {
        node: name,
      },
    );
  if (out.began || !exit)
    throw new UnreachableError(`${name}: the SSH connection ended before the script did; it may have run to its end`, {
      node: name,
      retryable: true,
    });
  throw new UnreachableError(
    `${name}: no shell answered for ${host.connection.user}; the host said: ${said.slice(0, 500)}`,
    {
      node: name,
      next:
        host.become === "sudo"
          ? `Allow it without a password and without a terminal: "${host.connection.user} ALL=(root) NOPASSWD: /bin/sh -s" and "Defaults:${host.connection.user} !requiretty" in sudoers.`
          : "Give a login whose shell runs commands (no menu), or set become to sudo.",
    },
  );
};

const limitError = (name: string, timeoutMs: number, stderr: string): LimitError =>
  new LimitError(
    `${name}: a script did not end within ${timeoutMs / 1000} s${lastLines(stderr) ? `; it said: ${lastLines(stderr)}` : ""}`,
    { node: name },
  );
