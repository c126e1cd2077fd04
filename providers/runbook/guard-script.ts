import { noLoginFile } from "../node/option-file.ts";

/*
 * The guard of one host, POSIX sh, a detached job. In its folder: `beat` ("number word": who is heard, and what it may do),
 * `mutex` (between reading the beat and acting nobody else comes), `fired` (what it did; stays until the next run).
 */

/**
 * $1 seconds without a beat, $2 run, $3 folder of mysql or "", $4 SQL by which the server of this host takes writes again or
 * "", $5 fence marker of the recipient or "" (the donor has none), $6 SQL by which it refuses logins where that marker stands,
 * $7 seconds between the writes and the service, $8 pattern of the service's processes or "", $9 ... its start command. Seconds are its own sleeps, so neither a clock that is set nor a
 * host that was suspended makes it act early.
 */
export const guardText = `
limit=$1 run=$2 sql=$4 fence=$5 refuse=$6 pause=$7 pattern=$8
[ -z "$3" ] || PATH=$3:$PATH
shift 8
note() { printf '%s %s %s\\n' "$run" "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$JOB/fired.new" && mv -f -- "$JOB/fired.new" "$JOB/fired"; }
server() { printf '%s\\n' "$1" | ${noLoginFile} timeout 60 mysql --defaults-file="$JOB/secret/options"; }
writes() {
  [ -n "$sql" ] || return 0
  # A fenced server refuses everybody until a run has proved its copy; half lifted it would let gateways in that prefer it.
  if [ -e "$fence" ] || [ -L "$fence" ]; then server "$refuse" || :; return 0; fi
  server "$sql"
}
service() {
  [ "$#" -gt 0 ] || return 0
  pgrep -f -- "$pattern" >/dev/null && return
  sleep "$pause"
  # Outside of the job's session and without its mark, or the service would end with the job.
  (unset JOB PAIR_JOB; exec setsid "$@" </dev/null >/dev/null 9>&-)
}
act() {
  # Writes first: a gateway must find servers that take them.
  writes
  wrote=$?
  # Without the donor nobody is served; without the recipient, which may be down, it can be, and its writes are tried again.
  [ "$wrote" = 0 ] || [ -n "$fence" ] || return
  service "$@" || return
  return "$wrote"
}
attempt() {
  exec 9>>"$JOB/mutex"
  flock 9 || return
  acted=
  beat= word=end
  read -r beat word 2>/dev/null <"$JOB/beat"
  # No beat ever: its run died before it stopped anything.
  case $word in end) exit 0 ;; esac
  if [ "$beat" = "$seen" ] && [ "$word" = may-start ]; then
    note trying
    if act "$@"; then note acted; acted=yes; fi
  fi
  exec 9>&-
  [ -n "$acted" ]
}
seen= quiet=0
until [ "$quiet" -ge "$limit" ] && attempt "$@"; do
  # Again in half a minute: the server may be down, the service may not come up.
  [ "$quiet" -lt "$limit" ] || quiet=$((limit - 30))
  sleep 2
  quiet=$((quiet + 2))
  beat=
  read -r beat word 2>/dev/null <"$JOB/beat"
  if [ "$beat" != "$seen" ]; then seen=$beat quiet=0; fi
done
`;

/**
 * $1 folder of the guard's job, $2 what it may do from now on: may-start, hold, or end (never again). Prints absent, beating,
 * or "fired run trying|acted time". One that has fired hears no beat any more, except for end, which waits for its attempt.
 */
export const guardBeatText = `
[ -d "$1" ] || { echo absent; exit 0; }
umask 077
if [ "$2" != end ] && [ -s "$1/fired" ]; then read -r line <"$1/fired"; echo "fired $line"; exit 0; fi
exec 9>>"$1/mutex"
flock -w 200 9 || { echo "the guard has been starting the service for minutes" >&2; exit 75; }
if [ -s "$1/fired" ]; then
  read -r line <"$1/fired"
  echo "fired $line"
  [ "$2" = end ] || exit 0
else echo beating; fi
read -r up idle </proc/uptime
printf '%s %s\\n' "$up" "$2" >"$1/beat.new" && mv -f -- "$1/beat.new" "$1/beat"
`;
