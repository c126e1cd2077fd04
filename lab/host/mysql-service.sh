#!/bin/sh
# start|stop|status of this host's MySQL server. The server is known by the option file in its command line, so a
# number in a stale pid file never names somebody else's process.
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/libexec/environment"
. "$here/libexec/mysql-settings"
cnf=$here/my.cnf
limit=600 # tenths of a second

holds() { # pid file: does the process in it belong to this server?
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "--defaults-file=$cnf"
}
answers() { "$clients/mysqladmin" --no-defaults --socket="$here/mysql.sock" --user=nobody --connect-timeout=2 ping >/dev/null 2>&1; }

launch() {
  # A killed server leaves the lock of its socket; mysqld does not start while any process has the pid written there.
  holds "$here/mysqld.pid" || rm -f "$here/mysqld.pid" "$here/mysql.sock.lock"
  # Exit status 16 asks for a restart: the RESTART statement, and the end of CLONE INSTANCE.
  setsid sh -c 'echo $$ >"$1"; shift; export MYSQLD_PARENT_PID=$$; while :; do "$@"; [ $? = 16 ] || exit; done' \
    mysql-supervisor "$here/supervisor.pid" "$mysqld" "--defaults-file=$cnf" >>"$here/log/mysqld.out" 2>&1 </dev/null 9>&- &
}

start() {
  n=0 launched=
  until answers; do
    if ! holds "$here/supervisor.pid"; then
      # Not at once in every case: the supervisor of a server that was killed just now is still about to end.
      if [ -z "$launched" ]; then
        launch
        launched=$n
      elif [ $n -ge $((launched + 50)) ]; then
        echo "mysql did not start; the end of $here/log/mysqld.err:" >&2
        tail -5 "$here/log/mysqld.err" >&2
        exit 1
      fi
    fi
    n=$((n + 1))
    [ $n -lt $limit ] || { echo "mysql does not answer after $((limit / 10)) s" >&2; exit 1; }
    sleep 0.1
  done
  echo "mysql is running"
}

stop() {
  n=0 told=
  while holds "$here/supervisor.pid" || holds "$here/mysqld.pid"; do
    if holds "$here/mysqld.pid" && [ "$pid" != "$told" ]; then kill "$pid" && told=$pid; fi
    n=$((n + 1))
    if [ $n -ge $limit ]; then
      echo "mysql did not stop in $((limit / 10)) s: killed" >&2
      for file in supervisor mysqld; do holds "$here/$file.pid" && kill -9 "$pid"; done
    fi
    sleep 0.1
  done
  rm -f "$here/supervisor.pid"
  echo "mysql is stopped"
}

exec 9>"$here/mysql.lock"
case $1 in
  start) flock 9 && start ;;
  stop) flock 9 && stop ;;
  status)
    if holds "$here/mysqld.pid" && answers; then echo "mysql is running (pid $pid)"; else echo "mysql is stopped"; exit 3; fi ;;
  *) echo "usage: mysql-service start|stop|status" >&2; exit 2 ;;
esac
