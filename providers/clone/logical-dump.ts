import { sql } from "../mysql/statement.ts";
import type { Job } from "../node/job.ts";
import type { Node } from "../node/node.ts";
import { noLoginFile } from "../node/option-file.ts";
import { localOptions, peerOptions } from "./client-options.ts";
import { commonDumpOptions } from "./dump-options.ts";
import { disableEvents } from "./events.ts";
import type { CloneMethod, CloneRequest } from "./method.ts";
import { earlierJob, forgetJob, jobIsAlive, runJob, type TransferJob } from "./run-job.ts";
import { serverObjects, userSchemas } from "./server-objects.ts";
import { unlogged } from "./unlogged.ts";

/**
 * Runs on the recipient: $1 client folder, $2 ... dump options and schemas. Every stage's own exit code counts: the last
 * stage of a pipe hides the others. Progress is what the load has read, by the kernel's count; in the end, what came.
 */
const pipeScript = `
[ -z "$1" ] || PATH=$1:$PATH
shift
export ${noLoginFile}
mkfifo -m 600 -- "$JOB/pipe" "$JOB/copy"
wc -c <"$JOB/copy" >"$JOB/total" &
counter=$!
stage dump mysqldump --defaults-file="$JOB/secret/dump" "$@" | tee -- "$JOB/copy" >"$JOB/pipe" &
dumper=$!
mysql --defaults-file="$JOB/secret/load" --binary-mode <"$JOB/pipe" &
loader=$!
while kill -0 "$loader" 2>/dev/null; do
  awk '/^rchar/ { print $2 }' "/proc/$loader/io" >"$JOB/progress.new" 2>/dev/null && mv -f -- "$JOB/progress.new" "$JOB/progress"
  sleep 0.5
done
stage load wait "$loader"
wait "$dumper" "$counter"
mv -f -- "$JOB/total" "$JOB/progress"
stages load dump
`;

/** Every user schema with routines, triggers and events, by mysqldump and mysql, from node to node over MySQL's own port. */
export const logicalDump: CloneMethod = {
  id: "logical-dump",
  title: "mysqldump of the donor, loaded on the recipient",
  isAlive: (recipient, runId) => jobIsAlive(recipient, runId, JOB),
  earlier: (recipient, runId) => earlierJob(recipient, runId, JOB),
  forget: (recipient, runId) => forgetJob(recipient, runId, JOB),
  async empty(recipient, { runId, assertOurs }) {
    await allowLoad(recipient);
    await forgetJob(recipient, runId, JOB);
    // Schemas that only the recipient has go too: the comparison before the fence has cleared them.
    for (const schema of await userSchemas(recipient)) {
      await assertOurs();
      await dropSchema(recipient, schema);
    }
  },
  async run(request, earlier) {
    const { donor, recipient } = request;
    const schemas = await userSchemas(donor);
    const startedMs = performance.now();
    await allowLoad(recipient);
    const bytes = schemas.length > 0 ? await pipe(request, schemas, earlier) : 0;
    await disableEvents(recipient);
    const objects = await serverObjects(recipient);
    const tables = [...objects].filter((object) => object.startsWith("table")).length;
    return { bytes, seconds: Math.round((performance.now() - startedMs) / 1000), tables };
  },
};

const JOB = "clone";

const allowLoad = async (recipient: Node): Promise<void> => {
  for (const statement of recipient.dialect.allowLoad()) await recipient.query(statement, 30_000);
};

/** The destructive act. Safe: backup made, direction proved, recipient fenced. No undo: the donor is the copy. */
const dropSchema = (recipient: Node, schema: string): Promise<void> =>
  unlogged(recipient, [{ sql: "DROP DATABASE ??", values: [schema] }], 600_000);

const LOAD_SESSION = "SET SESSION sql_log_bin=0, SESSION foreign_key_checks=0, SESSION unique_checks=0";

const datadir = async (node: Node): Promise<string> => {
  const [row] = await node.query<{ folder: string }>(sql`SELECT @@datadir AS folder`, 30_000);
  return row?.folder ?? "/";
};

const pipe = async (request: CloneRequest, schemas: readonly string[], earlier?: Job): Promise<number> => {
  const { donor, recipient, runId, account } = request;
  const job: TransferJob = {
    ...{ runId, name: JOB, title: "the clone", script: pipeScript },
    args: [
      ...[recipient.host.clientFolder ?? "", ...commonDumpOptions, ...donor.dialect.dumpOptions],
      ...["--databases", "--", ...schemas],
    ],
    // Unlogged: what the load writes must never travel back to the donor.
    secretFiles: { dump: peerOptions(recipient, donor, account), load: await localOptions(recipient, LOAD_SESSION) },
    ...{ target: await datadir(recipient), totalBytes: request.expectedBytes },
    limitSeconds: request.limitSeconds,
    tell: request.tell,
    // The dump's one transaction begins with it.
    begun: request.begun,
  };
  return runJob(recipient, job, earlier);
};
