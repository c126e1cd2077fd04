#!/bin/sh
# start|stop|status of the process controller, with the habits of behaviour.json. Exit codes are those of the
# product's script: status 0 runs, 1 dead, 3 stopped; stop 2 was not running.
folder=$(dirname "$0")
. "$folder/processes.sh"
cd / || exit 1
tick=0.05

start() {
  forget come-back
  if holds controller; then echo "ssg is running already"; return 0; fi
  setsid "$folder/controller" </dev/null >>"$host/gateway/logs/controller.log" 2>&1 9>&- &
  ticks=0
  until holds controller; do
    ticks=$((ticks + 1))
    [ $ticks -lt 200 ] || { echo "the process controller did not start, see $host/gateway/logs/controller.log" >&2; return 1; }
    sleep $tick
  done
  echo "Starting ssg: OK"
}

stop() {
  forget come-back
  holds controller || holds gateway || { rm -f "$run/controller.pid"; echo "ssg was not running"; return 2; }
  case $(habit stop normal) in
    early) leave_gateway; end_in "$(habit stopSeconds 5)" ;;
    lie) leave_gateway ;;
    slow) sleep "$(habit stopSeconds 5)" && end_both ;;
    *) end_both ;;
  esac || return 1
  back=$(habit comeBackSeconds)
  [ -z "$back" ] || later come-back "$back" come-back
  echo "Stopping ssg: OK"
}

leave_gateway() { # the controller is gone, and its gateway does not notice
  holds controller && kill -KILL "$pid"
  rm -f "$run/controller.pid"
}

end_in() { # seconds: a stop that is repeated does not put the end off
  if holds ending; then return; fi
  if holds gateway; then later ending "$1" end "$pid" "$began"; fi
}

end_both() {
  forget ending
  if holds controller; then kill -TERM "$pid"; else holds gateway && kill -TERM "$pid"; fi
  ticks=0
  while holds controller || holds gateway; do
    ticks=$((ticks + 1))
    if [ $ticks = 60 ]; then for name in controller gateway; do holds $name && kill -KILL "$pid"; done; fi
    [ $ticks -lt 260 ] || { echo "ssg could not be stopped" >&2; return 1; }
    sleep $tick
  done
  rm -f "$run/controller.pid" "$run/gateway.pid"
}

later() { # name, seconds, words: runs this script with the words in a while
  name=$1
  seconds=$2
  shift 2
  setsid sh -c 'sleep "$1"; shift; exec "$@"' "$host/gateway/later" "$seconds" "$folder/ssg" "$@" \
    </dev/null >>"$host/gateway/logs/controller.log" 2>&1 9>&- &
  remember "$name" $!
}

forget() { # name: what was to come later will not come
  [ "$1" = "$asked_by" ] || { holds "$1" && kill -KILL "-$pid"; }
  rm -f "$run/$1.pid"
}

end_later() { # pid, start time
  echo "$1 $2" >"$run/ending-gateway.pid"
  holds ending-gateway && kill -TERM "$pid"
  rm -f "$run/ending-gateway.pid" "$run/ending.pid"
}

case $1 in
  status)
    if holds controller; then echo "ssg is running (pid $pid)"; exit 0; fi
    if [ -e "$run/controller.pid" ]; then echo "ssg is dead and its pid file exists"; exit 1; fi
    echo "ssg is stopped"
    exit 3
    ;;
  stop) [ "$(habit stop)" != hang ] || { sleep 600; exit 1; } ;;
esac

exec 9>"$run/lock"
flock -w 120 9 || { echo "another call of service ssg does not end" >&2; exit 1; }
asked_by=
case $1 in
  start) start ;;
  stop) stop ;;
  come-back) asked_by=come-back && start ;;
  end) end_later "$2" "$3" ;;
  *) echo "usage: ssg start|stop|status" >&2; exit 2 ;;
esac
