import { ExecError, SafetyError } from "../errors.ts";
import type { Shell } from "./node.ts";

/*
 * A small file that must be on the disk, whole, before the act that it announces, also where the disk has no room left.
 * It holds one line, padded to a fixed size. Beside it lies a spare file of the same size: a write fills the spare in
 * place (no new blocks), syncs it, reads it back, and swaps the two names; the old text becomes the next spare.
 */

/** POSIX functions; exit codes 71: not a plain file or folder of ours, 17: exists already, others: could not be written. */
export const durableFunctions = `
state_folder() {
  [ ! -L "$1" ] || { echo "$1 is a symbolic link" >&2; return 71; }
  [ -d "$1" ] || (umask 077 && mkdir -p -- "$1") || return 1
  [ -O "$1" ] || { echo "$1 belongs to another user" >&2; return 71; }
  [ -z "$(find "$1" -prune -perm /022)" ] || { echo "$1 can be written by others" >&2; return 71; }
  chmod 700 "$1"
}
plain_or_absent() {
  for f in "$@"; do
    if [ -L "$f" ] || { [ -e "$f" ] && [ ! -f "$f" ]; }; then echo "$f is no plain file" >&2; return 71; fi
  done
}
make_room() {
  if [ -e "$1" ] && [ "$(wc -c <"$1")" -ge $(($2 * 1024)) ]; then return 0; fi
  rm -f -- "$1" || return
  # Words of dd go through a variable: on a full disk no file would take them.
  words=$(dd if=/dev/zero of="$1" bs=1024 count="$2" conv=excl,fsync 2>&1) && return 0
  printf '%s\\n' "$words" | grep -v records >&2
  rm -f -- "$1"
  return 1
}
write_durable() {
  folder=\${1%/*}
  plain_or_absent "$1" "$1.room" "$1.keep" "$1.next" || return
  # Left by a crash between two names: never fill the file itself in place.
  if [ "$1" -ef "$1.room" ]; then rm -f -- "$1.room"; fi
  if [ -e "$1.keep" ] && [ ! -e "$1.room" ]; then mv -- "$1.keep" "$1.room" || return; fi
  make_room "$1.room" "$2" || return
  words=$({ printf '%s\\n' "$3"; dd if=/dev/zero bs=1024 count="$2" 2>/dev/null | tr '\\000' '\\n'; } 2>/dev/null |
    head -c $(($2 * 1024)) | dd of="$1.room" conv=notrunc,fsync 2>&1) || {
    printf '%s\\n' "$words" | grep -v records >&2; return 1; }
  [ "$(head -n 1 -- "$1.room")" = "$3" ] || { echo "$1.room does not read back" >&2; return 1; }
  if [ -e "$1" ]; then
    [ "$4" != new ] || { echo "$1 exists already" >&2; return 17; }
    rm -f -- "$1.keep" && ln -- "$1" "$1.keep" && mv -f -- "$1.room" "$1" && sync "$folder" && mv -f -- "$1.keep" "$1.room"
  else
    make_room "$1.next" "$2" && ln -- "$1.room" "$1" && mv -f -- "$1.next" "$1.room"
  fi && sync "$folder"
}
`;

const writeScript = `${durableFunctions}
umask 077
state_folder "\${1%/*}" && write_durable "$@"
`;

/** Bytes of the file: grows in steps with the text, so that the next write rarely needs new blocks. */
const roomKib = (line: string): number => Math.max(1, Math.ceil((Buffer.byteLength(line) + 1) / (64 * 1024))) * 128;

const limitMs = 30_000;

/**
 * Writes `line` (no line break in it) as the only text of the file, synced, by atomic rename, 0600 in a 0700 folder.
 * `create`: the file must not exist yet. SafetyError: it was not written, and what it announces must not begin.
 */
export const writeDurable = async (shell: Shell, path: string, line: string, create = false): Promise<void> => {
  try {
    await shell.script(writeScript, [path, String(roomKib(line)), line, create ? "new" : "any"], limitMs);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new SafetyError(`${shell.host.name}: ${path} was not written: ${error.stderr.trim()}`, {
      node: shell.host.name,
      next:
        error.exitCode === 71
          ? "Look at what lies there, and remove it if it is not yours; the folder must belong to the login and be closed to others."
          : error.exitCode === 17
            ? "Another run has been here; start again."
            : "Make room on that disk, or repair it, and start again.",
      cause: error,
    });
  }
};

const readScript = `
[ -e "$1" ] || [ -L "$1" ] || exit 44
if [ -L "$1" ] || [ ! -f "$1" ]; then echo "$1 is no plain file" >&2; exit 71; fi
head -n 1 -- "$1"
`;

/** The file's line; undefined: there is none. */
export const readDurable = async (shell: Shell, path: string): Promise<string | undefined> => {
  const result = await shell.tryScript(readScript, [path], limitMs);
  if (result.exitCode === 44) return undefined;
  if (result.exitCode === 0) return result.stdout.replace(/\n$/, "");
  throw new SafetyError(`${shell.host.name}: ${path} cannot be read: ${result.stderr.trim()}`, {
    node: shell.host.name,
    next: "Look at what lies there.",
  });
};

const removeScript = `
rm -f -- "$1" "$1.room" "$1.keep" "$1.next" || exit
[ ! -d "\${1%/*}" ] || sync "\${1%/*}"
`;

/** Removes the file and its spare; absent is fine. */
export const removeDurable = async (shell: Shell, path: string): Promise<void> => {
  await shell.script(removeScript, [path], limitMs);
};

const moveScript = `
[ ! -e "$2" ] || { echo "$2 exists already" >&2; exit 17; }
(umask 077 && mkdir -p -- "\${2%/*}") && mv -- "$1" "$2" && sync "\${1%/*}" "\${2%/*}"
`;

/** Keeps the file under another name, for people. */
export const archiveDurable = async (shell: Shell, path: string, archive: string): Promise<void> => {
  await shell.script(moveScript, [path, archive], limitMs);
};
