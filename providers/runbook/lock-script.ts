import { durableFunctions } from "../node/durable-file.ts";
import { jobFunctions } from "../node/job-script.ts";

/*
 * The lock file has two lines: the owner's document (one line of JSON), and the last beat as "bootId uptime epoch".
 * Every change happens under flock on lock.mutex, which the kernel gives back with the process: between reading and
 * writing nobody else can come. Ages are the node's own uptime, so a clock that is set does not age a lock.
 */
const lockFunctions = `${durableFunctions}${jobFunctions}
boot_id() { cat /proc/sys/kernel/random/boot_id; }
enter() { # the critical section of folder $1
  plain_or_absent "$1/lock" "$1/lock.mutex" "$1/lock.new" || exit
  exec 9>>"$1/lock.mutex"
  flock -w 10 9 || { echo "$1/lock.mutex is held by another process for more than 10 s" >&2; exit 75; }
}
read_lock() { # folder; sets owner, age ("" owner: no lock), asked ("stop": its owner was asked to stop)
  owner= age=0 asked=
  [ ! -e "$1/stop" ] || asked=stop
  [ -e "$1/lock" ] || return 0
  { read -r owner; read -r beat_boot beat_up beat_epoch; } <"$1/lock"
  [ -n "$owner" ] || owner=damaged
  age=$(uptime_seconds)
  # Another boot, or an uptime that went back (a restarted container): no beat since then at least.
  if [ "$beat_boot" = "$(boot_id)" ] && [ "\${beat_up:-0}" -le "$age" ]; then age=$((age - \${beat_up:-0})); fi
}
beat() { # folder owner
  printf '%s\\n%s %s %s\\n' "$2" "$(boot_id)" "$(uptime_seconds)" "$(date +%s)" >"$1/lock.new" && mv -f -- "$1/lock.new" "$1/lock"
}
living_jobs() { # folder run
  for job in "$1/run/$2/jobs"/*; do
    [ -d "$job" ] && job_alive "$job" && printf '%s ' "\${job##*/}"
  done
  return 0
}
tell() { echo "$1"; echo "$age"; echo "$2"; echo "$owner"; echo "$asked"; }
`;

/** $1 folder; prints: state, age, living jobs of the owner's run, owner, "stop" if it was asked to. Changes nothing. */
export const lookText = `${lockFunctions}
[ -e "$1/lock" ] || { echo free; exit 0; }
read_lock "$1"
tell held "$(living_jobs "$1" "$2")"
`;

/**
 * $1 folder, $2 our document, $3 our run, $4 run of the owner as last seen ("" none), $5 the owner's document as last seen
 * ("" none), $6 "over" to take a lock that still is exactly that owner's. Prints taken or held.
 */
export const takeText = `${lockFunctions}
umask 077
state_folder "$1" || exit
enter "$1"
read_lock "$1"
if [ -n "$owner" ] && { [ "$6" != over ] || [ "$owner" != "$5" ]; }; then tell held ""; exit 0; fi
if [ -n "$owner" ] && [ "$4" != "$3" ]; then
  jobs=$(living_jobs "$1" "$4")
  [ -z "$jobs" ] || { tell held "$jobs"; exit 0; }
fi
beat "$1" "$2" || exit
rm -f -- "$1/stop"
tell taken ""
`;

/** $1 folder, $2 our document: renews the beat if the lock is ours. Prints held (by us) or lost. */
export const beatText = `${lockFunctions}
umask 077
[ -d "$1" ] || { echo lost; exit 0; }
enter "$1"
read_lock "$1"
if [ "$owner" != "$2" ]; then tell lost ""; exit 0; fi
beat "$1" "$2" || exit
tell held ""
`;

/** $1 folder, $2 the owner's document: removes the lock if it is that owner's. */
export const releaseText = `${lockFunctions}
[ -e "$1/lock" ] || exit 0
umask 077
enter "$1"
read_lock "$1"
if [ "$owner" = "$2" ]; then rm -f -- "$1/lock" "$1/stop"; fi
`;

/**
 * $1 folder, $2 the owner's document as last seen, $3 its run: asks it to stop, by a file that stands as long as exactly
 * this lock. Prints held, or lost where the lock is another one's by now.
 */
export const stopText = `${lockFunctions}
umask 077
[ -d "$1" ] || { echo lost; exit 0; }
enter "$1"
plain_or_absent "$1/stop" || exit
read_lock "$1"
if [ "$owner" != "$2" ]; then tell lost ""; exit 0; fi
printf '%s\\n' "$3" >"$1/stop" || exit
tell held ""
`;

/**
 * $1 folder, $2 the owner's document as last seen, $3 its run, $4 age in seconds: removes the lock of an owner that shows no
 * life. Prints lost (removed, or another one's by now), or held: a beat that is younger, or a living job.
 */
export const removeText = `${lockFunctions}
umask 077
[ -d "$1" ] || { echo lost; exit 0; }
enter "$1"
read_lock "$1"
if [ "$owner" != "$2" ]; then tell lost ""; exit 0; fi
jobs=$(living_jobs "$1" "$3")
if [ -n "$jobs" ] || [ "$age" -le "$4" ]; then tell held "$jobs"; exit 0; fi
rm -f -- "$1/lock" "$1/stop"
tell lost ""
`;
