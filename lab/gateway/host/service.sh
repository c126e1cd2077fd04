#!/bin/sh
# service ssg|mysql|mysqld start|stop|status, for this host. Every call is logged with its epoch seconds.
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/gateway/service-settings.sh"
echo "$(date +%s) $*" >>"$host/service.log"

program=
case $1:$2 in
  ssg:start | ssg:stop | ssg:status) program=$ssg ;;
  mysql:start | mysqld:start) program=$mysql_start ;;
  mysql:stop | mysqld:stop) program=$mysql_stop ;;
  mysql:status | mysqld:status) program=$mysql_status ;;
esac
[ -n "$program" ] || { echo "$1: unrecognized service, or no such verb: $2" >&2; exit 1; }
exec "$program" "$2"
