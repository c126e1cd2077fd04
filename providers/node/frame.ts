import type { Arg } from "./node.ts";
import { setArguments } from "./shell.ts";

/*
 * What a login shell prints by itself (greeting of a start-up file, a menu, a logout script) stands outside the frame
 * and is dropped. The nonce is new for each call, so that no output can imitate it.
 */
const beginMark = (nonce: string): string => `${nonce} begin`;
const endMark = (nonce: string): string => `${nonce} end`;

/** /sbin and friends are missing from the PATH of many non-interactive logins; `service` lives there. */
const extraPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Text for the standard input of `/bin/sh -s`. The script stands in one compound command, so the shell reads it to its
 * end before it starts: of a text that was cut by a lost connection, nothing runs. Nothing in it can read the rest of it
 * (stdin is /dev/null), `exit` ends the script and not the frame. umask and locale are the node's: a service may be
 * started from here.
 */
export const composeScript = (text: string, args: readonly Arg[], nonce: string): string => `(
printf '%s %s\\n' '${beginMark(nonce)}' "$$"
printf '%s\\n' '${beginMark(nonce)}' >&2
PATH="$PATH:${extraPath}"
${setArguments(args)}
${text}
) </dev/null
set -- "$?"
printf '\\n%s %s\\n' '${endMark(nonce)}' "$1"
printf '\\n%s %s\\n' '${endMark(nonce)}' "$1" >&2
exit "$1"
`;

/** Collects one stream of a framed script. */
export interface FrameReader {
  push(chunk: Buffer): void;
  /** The end mark was read; what comes after it is nobody's. */
  ended(): boolean;
  byteCount(): number;
  read(): Framed;
}

export interface Framed {
  readonly began: boolean;
  /** Process id of the script's shell; only on stdout. */
  readonly pid?: number | undefined;
  /** undefined: no end mark. */
  readonly exitCode?: number | undefined;
  /** Between the marks; without a begin mark: everything that came. */
  readonly body: string;
}

export const createFrameReader = (nonce: string): FrameReader => {
  const chunks: Buffer[] = [];
  const endBytes = Buffer.from(`\n${endMark(nonce)} `);
  let bytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  let ended = false;
  return {
    push(chunk) {
      if (ended) return;
      chunks.push(chunk);
      bytes += chunk.length;
      const look = Buffer.concat([tail, chunk]);
      const at = look.indexOf(endBytes);
      ended = at >= 0 && look.indexOf("\n", at + endBytes.length) >= 0;
      tail = look.subarray(at >= 0 ? at : -endBytes.length);
    },
    ended: () => ended,
    byteCount: () => bytes,
    read: () => readFrame(Buffer.concat(chunks), nonce),
  };
};

/** Bytes that are no UTF-8 become U+FFFD: a script that answers binary encodes it. */
const readFrame = (bytes: Buffer, nonce: string): Framed => {
  const begin = bytes.indexOf(beginMark(nonce));
  if (begin < 0) return { began: false, body: bytes.toString("utf8") };
  const lineEnd = bytes.indexOf("\n", begin);
  if (lineEnd < 0) return { began: false, body: bytes.toString("utf8") };
  const pidText = bytes
    .subarray(begin + beginMark(nonce).length, lineEnd)
    .toString("utf8")
    .trim();
  const pid = pidText === "" ? undefined : Number(pidText);
  const end = bytes.indexOf(`\n${endMark(nonce)} `, lineEnd);
  if (end < 0) return { began: true, pid, body: bytes.subarray(lineEnd + 1).toString("utf8") };
  const exitCode = Number.parseInt(bytes.subarray(end + endMark(nonce).length + 2).toString("utf8"), 10);
  return { began: true, pid, exitCode, body: bytes.subarray(lineEnd + 1, end).toString("utf8") };
};
