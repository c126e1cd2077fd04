# Sourced by ssg and controller, which set $folder. Pid files hold "pid start-time": a number that was given to another
# process since then never names it.
. "$folder/../../../../gateway/service-settings.sh"
run=$host/gateway/run
# Marks every process of the host, so that none is forgotten when the lab goes down.
export LAB_HOST="$host"

start_time() { # pid; nothing for a process that is gone, or dead and not yet collected
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${stat##*) }
  [ "$1" != Z ] && echo "${20}"
}

remember() { # name, pid
  echo "$2 $(start_time "$2")" >"$run/$1.pid.new" && mv "$run/$1.pid.new" "$run/$1.pid"
}

holds() { # name: does the process of this pid file live? Sets pid.
  { read -r pid began <"$run/$1.pid"; } 2>/dev/null && [ -n "$began" ] && [ "$(start_time "$pid")" = "$began" ]
}

habit() { # key, default: from the flat JSON object of behaviour.json
  found=$(tr -d '\n' 2>/dev/null <"$host/gateway/behaviour.json" |
    sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\{0,1\}\([A-Za-z0-9.]*\).*/\1/p')
  echo "${found:-$2}"
}
