import { breaks } from "./breaks/all.ts";

export const helpText = `\
Two real MySQL servers that replicate to each other, an sshd per host and a gateway stand-in, on this machine.

  npm run lab -- <command> [--name NAME]

  up                   make the lab, or start it again with its data
      --flavour F      mysql-9.7 (GTID), mysql-8.0 (8.0.31, file and position), system (mysqld on PATH);
                       absent: the first that can be had
      --profile P      layer7-gateway (three hosts with a gateway stand-in), plain-mysql (none)
      --rate N         requests a second that each gateway serves under load (5)
      --awkward-passwords   quotes, dollar, backslash, leading dash, blanks, letters beyond ASCII
      --no-stack       no Pulumi stack
  status               both links in the servers' words, hosts, gateways, load
  list                 every lab of this user
  break HOW            break replication for real; with --link primary|secondary (the replica) where there is a choice
${breaks.map((its) => `      ${its.name.padEnd(16)} ${its.summary}`).join("\n")}
  heal                 make the secondary again from the primary, by the lab's own means
  load start|stop|status    requests to the gateways; every committed id is kept (--rate N)
  sql SIDE "STATEMENT"      run a statement as root on primary or secondary
  shell HOST           a login on primary, secondary or processing, over its own sshd
  env                  lines for your shell, after which npx pulumi works on the lab:
                       eval "$(npm run -s lab -- env)"
  down                 end every process of the lab; the data stay
  wipe                 down, then remove its data, stack and addresses

Folders: labs in $REPLICATION_PAIR_LAB_HOME, else in /var/lib/replication-pair-lab (of another user than root, in
~/.local/state); packages in \${XDG_CACHE_HOME:-~/.cache}/replication-pair, kept for the next lab.
`;
