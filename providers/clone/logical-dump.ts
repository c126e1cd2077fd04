import type { CloneMethod, CloneRequest } from "./method.ts";
import { commonDumpOptions } from "./dump-options.ts";
import { disableEvents } from "./events.ts";
import { localOptions, peerOptions } from "./client-options.ts";
import { runJob } from "./run-job.ts";
import { serverObjects, userSchemas } from "./server-objects.ts";
import { unlogged } from "./unlogged.ts";

/**
 * Runs on the recipient: $1 client folder, $2 option file of the dump, $3 of the load, $4 work folder, $5 number of dump
 * options, then these, then the schemas. Every stage's own exit code counts: the last stage of a pipe hides the others.
 * Progress is what the load has read, from the kernel's count.
 */
const pipeScript = `
umask 077
[ -z "$1" ] || PATH=$1:$PATH
dump=$2 load=$3 work=$4
shift 4
rm -f -- "$work/pipe"
mkfifo -m 600 -- "$work/pipe"
mysqldump --defaults-file="$dump" "$@" >"$work/pipe" &
dumper=$!
mysql --defaults-file="$load" --binary-mode <"$work/pipe" &
loader=$!
while kill -0 "$loader" 2>/dev/null; do
  awk '/^rchar/ { print $2 }' "/proc/$loader/io" >"$work/progress.new" 2>/dev/null && mv -f -- "$work/progress.new" "$work/progress"
  sleep 0.5
done
wait "$loader"; loaded=$?
wait "$dumper"; dumped=$?
rm -f -- "$work/pipe"
[ "$dumped" -eq 0 ] && [ "$loaded" -eq 0 ] && exit 0
echo "mysqldump of the donor ended with $dumped, mysql on the recipient with $loaded" >&2
exit 1
`;

/** Every user schema with routines, triggers and events, by mysqldump and mysql, from node to node over MySQL's own port. */
export const logicalDump: CloneMethod = {
  id: "logical-dump",
  title: "mysqldump of the donor, loaded on the recipient",
  async run(request) {
    const { donor, recipient } = request;
    const schemas = await userSchemas(donor);
    const startedMs = performance.now();
    // Schemas that only the recipient has go too: the comparison before the fence has cleared them.
    const doomed = await userSchemas(recipient);
    for (const statement of recipient.dialect.allowLoad()) await recipient.query(statement, 30_000);
    // The destructive line. Safe: backup made, direction proved, recipient fenced. No undo: the donor is the copy.
    await unlogged(recipient, doomed.map((schema) => ({ sql: "DROP DATABASE ??", values: [schema] })), 600_000);
    const bytes = schemas.length > 0 ? await pipe(request, schemas) : 0;
    await disableEvents(recipient);
    const objects = await serverObjects(recipient);
    const tables = [...objects].filter((object) => object.startsWith("table")).length;
    return { bytes, seconds: Math.round((performance.now() - startedMs) / 1000), tables };
  },
};

const pipe = async (request: CloneRequest, schemas: readonly string[]): Promise<number> => {
  const { donor, recipient, runId, account } = request;
  return runJob(recipient, {
    ...{ runId, name: "clone", title: "clone", script: pipeScript },
    args: (path) => [
      recipient.host.clientFolder ?? "",
      path("dump"),
      path("load"),
      path("."),
      ...commonDumpOptions,
      ...donor.dialect.dumpOptions,
      "--databases",
      "--",
      ...schemas,
    ],
    // Unlogged: what the load writes must never travel back to the donor.
    secretFiles: {
      dump: peerOptions(recipient, donor, account),
      load: await localOptions(recipient, "SET SESSION sql_log_bin=0, SESSION foreign_key_checks=0, SESSION unique_checks=0"),
    },
    progress: { totalBytes: request.expectedBytes },
    limitSeconds: request.limitSeconds,
    tell: request.tell,
  });
};

