import { ExecError } from "../errors.ts";
import type { Shell } from "../node/node.ts";
import type { ClockAhead } from "./observation.ts";

const LOOK_MS = 20_000;

export interface HostLook {
  readonly clockAhead: ClockAhead;
  /** As "xtrabackup (process 4711)"; never a command line, which may hold a password. */
  readonly backupProcesses: readonly string[];
}

/**
 * Backup tools that work on files, or around the server; those that log in are seen in its sessions, where another
 * server's on the same host are not. As a program, as a script under a shell, or started through a loader. The pattern is anchored at the start
 * of a command line, so that neither pgrep itself nor somebody's editor matches.
 */
const lookScript = `
tools='xtrabackup|mariabackup|mariadb-backup|mysqlbackup|ssgbackup\\.sh'
pids=$(pgrep -f -- "^([^ ]*/)?($tools)( |$)|^([^ ]*/)?(ba|da|k)?sh ([^ ]*/)?($tools)( |$)|^[^ ]*/ld-linux[^ ]* --argv0 ($tools) "); found=$?
[ "$found" -le 1 ] || { echo "pgrep ended with $found" >&2; exit 3; }
for pid in $pids; do
  tool=$(tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null | sed -n -E "s#^(.*/)?($tools)\\$#\\2#p" | sed -n 1p)
  [ -n "$tool" ] && echo "backup $tool (process $pid)"
done
echo "clock $(date +%s)"
echo end
`;

/** Milliseconds since 1970 by a clock that nobody sets. */
const steadyNow = (): number => performance.timeOrigin + performance.now();

export const lookAtHost = async (shell: Pick<Shell, "script" | "host">): Promise<HostLook> => {
  const askedMs = steadyNow();
  const { stdout } = await shell.script(lookScript, [], LOOK_MS);
  return parseHostLook(stdout, { askedMs, answeredMs: steadyNow() });
};

/** The host read its clock, which shows whole seconds, somewhere between the two instants. */
export const parseHostLook = (
  stdout: string,
  { askedMs, answeredMs }: { readonly askedMs: number; readonly answeredMs: number },
): HostLook => {
  const lines = stdout.split("\n");
  const of = (kind: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
  const clock = Number(of("clock")[0]);
  if (!lines.includes("end") || !Number.isInteger(clock))
    throw new ExecError("the look at the host was cut short", 0, "");
  const clockAhead = { least: clock - answeredMs / 1000, most: clock + 1 - askedMs / 1000 };
  return { clockAhead, backupProcesses: of("backup") };
};
