import type { Readable } from "node:stream";
import { LimitError } from "../../providers/errors.ts";
import type { Channel } from "../../providers/node/channel.ts";
import { withLimit } from "../../providers/node/limit.ts";
import type { Link } from "../../providers/node/ssh.ts";

const runLimitMs = 15 * 60_000;
const outputBytesMax = 16 * 1024 * 1024;

export interface RemoteRun {
  readonly command: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A stream is asked for when the command runs: a child's output is lost if nobody reads it before it ends. */
  readonly stdin?: string | (() => Readable) | undefined;
}

export interface RemoteResult {
  /** undefined: ended by a signal, or with the connection. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runRemote(link: Link, { command, environment, stdin }: RemoteRun): Promise<RemoteResult> {
  const channel = await link.exec(command, environment);
  const stdout = collect(channel);
  const stderr = collect(channel.stderr);
  const broken = feed(channel, stdin);
  const { exit } = await withLimit(channel.ended, runLimitMs, () => {
    channel.destroy();
    return new LimitError(`the command did not end within ${runLimitMs / 60_000} minutes`);
  });
  if (broken()) throw broken();
  const exitCode = exit?.code ?? undefined;
  const lost = link.lost();
  if (exitCode === undefined && lost) throw lost;
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

/** Sends stdin; the answer is the error that cut it short, if any. */
function feed(channel: Channel, stdin: RemoteRun["stdin"]): () => Error | undefined {
  let broken: Error | undefined;
  channel.on("error", () => {}); // a command that ends before it has read all of its input
  if (stdin === undefined || typeof stdin === "string") channel.end(stdin ?? "");
  else
    stdin()
      .on("error", (error) => {
        broken = error;
        channel.destroy();
      })
      .pipe(channel);
  return () => broken;
}

/** The text so far; what goes beyond the limit is dropped. */
function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= outputBytesMax) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString();
}
