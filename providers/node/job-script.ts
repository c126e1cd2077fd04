/*
 * Texts of a detached job, POSIX sh. A job is a session of its own (setsid) with three parts: the supervisor (session
 * leader, waits and writes the exit file), the watchdog (limit, cancel) and the script. All carry PAIR_JOB in their
 * environment, so a survivor of a killed supervisor can still be found.
 */

/** Is it alive: the process has the recorded start time and the node has not been restarted. */
export const jobFunctions = `
process_is() {
  [ "$3" = "$(cat /proc/sys/kernel/random/boot_id)" ] || return 1
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  set -- "$2" \${stat##*) }
  [ "\${21}" = "$1" ] && [ "$2" != Z ]
}
job_alive() {
  read -r job_pid job_start job_boot job_rest 2>/dev/null <"$1/pid" || return 1
  process_is "$job_pid" "$job_start" "$job_boot"
}
uptime_seconds() { read -r up idle </proc/uptime; echo "\${up%%.*}"; }
`;

/**
 * For scripts of jobs: every stage of a pipe writes its own status, because the shell only tells the last one's.
 *   stage dump mysqldump ... | stage compress gzip >"$file"; stages dump compress || exit
 * A later stage that dies ends the earlier one by its broken pipe.
 */
const stageFunctions = `
stage() { stage_name=$1; shift; "$@"; echo "$?" >"$JOB/stage.$stage_name"; }
stages() {
  for stage_name in "$@"; do
    stage_status=$(cat "$JOB/stage.$stage_name") || return 1
    [ "$stage_status" = 0 ] || { echo "the stage $stage_name ended with exit code $stage_status" >&2; return "$stage_status"; }
  done
}
`;

/** Head of the file that the job runs: $JOB is its folder, $JOB/secret its secrets, $JOB/progress takes a number of bytes. */
export const jobScript = (setArguments: string, text: string): string => `${stageFunctions}${setArguments}\n${text}\n`;

export const supervisorText = `${jobFunctions}
mode=$1 job=$2 limit=$3
umask 077
cd /
members() { # of this session, without supervisor, watchdog and this very subshell
  read -r own rest </proc/self/stat
  for file in /proc/[0-9]*/stat; do
    read -r stat 2>/dev/null <"$file" || continue
    pid=\${stat%% *}
    set -- \${stat##*) }
    [ "$4" = "$session" ] && [ "$1" != Z ] || continue
    case $pid in "$own"|"$session"|"$$") ;; *) echo "$pid";; esac
  done
}
if [ "$mode" = watch ]; then
  session=$4 child=$5
  trap : TERM
  end=$(($(uptime_seconds) + limit))
  while kill -0 "$child" 2>/dev/null; do
    if [ -e "$job/cancel" ]; then reason=cancelled
    elif [ "$(uptime_seconds)" -ge "$end" ]; then reason=limit
    else sleep 1; continue; fi
    echo "$reason" >"$job/reason"
    kill -s TERM -- "-$session"
    grace=10
    while [ "$grace" -gt 0 ] && [ -n "$(members)" ]; do sleep 1; grace=$((grace - 1)); done
    for pid in $(members); do kill -s KILL "$pid" 2>/dev/null; done
    break
  done
  exit
fi
session=$$
trap : TERM
JOB=$job PAIR_JOB=$job
export JOB PAIR_JOB
dd if=/dev/zero of="$job/exit.room" bs=1024 count=4 conv=fsync 2>/dev/null
read -r stat <"/proc/$$/stat"
set -- \${stat##*) }
echo "$$ \${20} $(cat /proc/sys/kernel/random/boot_id) $(uptime_seconds) $(date +%s)" >"$job/pid.new"
mv -- "$job/pid.new" "$job/pid"
/bin/sh "$job/script" >"$job/stdout" 2>"$job/stderr" &
child=$!
/bin/sh "$job/supervisor" watch "$job" "$limit" "$session" "$child" &
watch=$!
while :; do wait "$child"; code=$?; kill -0 "$child" 2>/dev/null || break; done
kill -s KILL "$watch" 2>/dev/null
for pid in $(members); do kill -s KILL "$pid" 2>/dev/null; done
rm -rf -- "$job/secret"
reason=done
[ ! -s "$job/reason" ] || read -r reason <"$job/reason"
echo "$code $reason $(date +%s)" | dd of="$job/exit.room" conv=notrunc,fsync 2>/dev/null
mv -- "$job/exit.room" "$job/exit"
sync "$job"
`;

/** $1 folder, $2 limit, $3 supervisor, $4 script, then name and text of each secret file. */
export const startText = `${jobFunctions}
umask 077
job=$1 limit=$2
mkdir -p -- "\${job%/*}" || exit
mkdir -- "$job" 2>/dev/null || { echo "$job exists already" >&2; exit 17; }
mkdir -- "$job/secret" && printf '%s' "$3" >"$job/supervisor" && printf '%s' "$4" >"$job/script" || exit
shift 4
while [ "$#" -ge 2 ]; do printf '%s' "$2" >"$job/secret/$1" || exit; shift 2; done
setsid /bin/sh "$job/supervisor" run "$job" "$limit" </dev/null >/dev/null 2>&1 &
tries=100
until [ -e "$job/pid" ]; do
  [ "$tries" -gt 0 ] || { echo "the job did not start within 10 s" >&2; exit 1; }
  sleep 0.1; tries=$((tries - 1))
done
`;

/** $1 folder, $2 file whose size is the progress or "", $3 folder whose free space counts or "". */
export const pollText = `${jobFunctions}
[ -d "$1" ] || { echo state=absent; exit 0; }
state=lost
! job_alive "$1" || state=running
if [ -f "$1/exit" ]; then state=exited; read -r code reason ended <"$1/exit"; echo "code=$code"; echo "reason=$reason"; fi
echo "state=$state"
if [ -n "$2" ]; then bytes=$(stat -c %s -- "$2" 2>/dev/null); else read -r bytes 2>/dev/null <"$1/progress"; fi
echo "bytes=\${bytes:-0}"
[ -z "$3" ] || df -Pk -- "$3" | { read -r head; read -r device blocks used free rest; echo "freeKib=$free"; }
if read -r job_pid job_start job_boot job_up job_epoch 2>/dev/null <"$1/pid"; then
  if [ "$job_boot" = "$(cat /proc/sys/kernel/random/boot_id)" ]; then echo "age=$(($(uptime_seconds) - job_up))"
  else echo "age=$(($(date +%s) - job_epoch))"; fi
fi
echo stderr:
[ ! -f "$1/stderr" ] || tail -c 2000 -- "$1/stderr"
exit 0
`;

/** Ends whatever carries the job's mark, also where its supervisor is gone, and removes its secrets. */
export const sweepText = `
marked() {
  grep -slzxF -e "PAIR_JOB=$1" /proc/[0-9]*/environ | while IFS=/ read -r empty proc pid rest; do echo "$pid"; done
}
for signal in TERM KILL; do
  pids=$(marked "$1")
  [ -n "$pids" ] || break
  for pid in $pids; do kill -s "$signal" "$pid" 2>/dev/null; done
  sleep 1
done
rm -rf -- "$1/secret"
[ -z "$(marked "$1")" ]
`;
