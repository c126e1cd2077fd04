#!/bin/sh
# The process controller: runs the gateway, runs it again when it ends by itself, ends it on TERM.
folder=$(dirname "$0")
. "$folder/processes.sh"
cd / || exit 1
restart_seconds=3
stopping=

note() { echo "$(date '+%Y-%m-%dT%H:%M:%S') $*"; }
end_gateway() { stopping=yes; holds gateway && kill -TERM "$pid"; }
trap end_gateway TERM
trap '' HUP

remember controller $$
note "controller $$ began"
while [ -z "$stopping" ]; do
  if holds gateway; then
    note "taking over gateway $pid, which still runs" # the one of an earlier controller
    while holds gateway; do sleep 0.1; done
  else
    NODE_OPTIONS='' "$java" $java_options "$program" "$host" </dev/null >>"$host/gateway/logs/gateway.out" 2>&1 &
    child=$!
    remember gateway $child
    [ -z "$stopping" ] || kill -TERM $child
    note "gateway $child began"
    # A trapped signal ends a wait, not the child.
    while holds gateway; do wait $child; done
    note "gateway $child ended"
  fi
  rm -f "$run/gateway.pid"
  [ -n "$stopping" ] && break
  sleep $restart_seconds &
  wait $!
done
note "controller $$ ended"
rm -f "$run/controller.pid"
