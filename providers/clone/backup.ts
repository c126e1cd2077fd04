import { ExecError, SafetyError } from "../errors.ts";
import type { Node } from "../node/node.ts";
import { noLoginFile } from "../node/option-file.ts";
import { isUserSchema } from "../profile/profile.ts";
import { bytesText } from "../report/units.ts";
import { localOptions } from "./client-options.ts";
import { listObjectsScript, missingObjects, parseObjects } from "./dump-contents.ts";
import { commonDumpOptions } from "./dump-options.ts";
import { earlierJob, forgetJob, runJob, type Tell, type TransferJob } from "./run-job.ts";
import { serverObjects } from "./server-objects.ts";

const JOB = "backup";
const READ_BACK_MS = 4 * 3_600_000;

export interface Backup {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly tables: number;
}

export interface BackupRequest {
  readonly donor: Node;
  readonly runId: string;
  /** Expected size of the dump: the data's. */
  readonly expectedBytes: number;
  readonly limitSeconds: number;
  readonly tell: Tell;
}

/** $1 client folder, $2 partial file, $3 ... dump options. noclobber: never over another file. */
const dumpScript = `
set -C
export ${noLoginFile}
[ -z "$1" ] || PATH=$1:$PATH
file=$2
shift 2
exec mysqldump --defaults-file="$JOB/secret/options" --all-databases "$@" >"$file"
`;

/** $1 partial file, $2 final file. The hash is kept beside the file, in the form of sha256sum -c. */
const finishScript = `
set -eu
umask 077
tail -c 200 -- "$1" | tail -n 1 | grep -q '^-- Dump completed' || { echo "its last line does not say that the dump was completed" >&2; exit 1; }
# What this run never journalled, or what has changed since: kept, but it is not what the run goes by.
if [ -e "$2" ] || [ -L "$2" ]; then mv -fT -- "$2" "$2.unproved"; fi
rm -f -- "$2.sha256"
mv -T -- "$1" "$2"
cd -- "$(dirname -- "$2")"
# noclobber: neither through a symbolic link nor over another file.
set -C
sha256sum -- "$(basename -- "$2")" >"$2.sha256"
sync -- "$2" "$2.sha256"
cut -c1-64 "$2.sha256"
wc -c <"$2"
`;

export const backupFile = ({ host }: Node, runId: string): string => `${host.backupFolder}/${host.name}-${runId}.sql`;
const partialFile = (node: Node, runId: string): string => `${backupFile(node, runId)}.partial`;

/** Dumps every schema and account of the donor to its backup folder while it serves, and reads the file back. */
export const makeBackup = async (request: BackupRequest): Promise<Backup> => {
  const { donor, runId } = request;
  const file = backupFile(donor, runId);
  const partial = partialFile(donor, runId);
  const earlier = await earlierJob(donor, runId, JOB);
  if (earlier) await request.tell("an earlier attempt's backup is alive or done: attaching to it");
  else await removePartialBackup(donor, runId);
  // Read before the dump: what is made meanwhile may be in the file or not.
  const objects = await serverObjects(donor);
  const job: TransferJob = {
    ...{ runId, name: JOB, script: dumpScript, title: "the backup" },
    args: [donor.host.clientFolder ?? "", partial, ...commonDumpOptions, ...donor.dialect.dumpOptions],
    secretFiles: { options: await localOptions(donor) },
    ...{ file: partial, target: donor.host.backupFolder, totalBytes: request.expectedBytes },
    limitSeconds: request.limitSeconds,
    tell: request.tell,
  };
  await runJob(donor, job, earlier);
  await forgetJob(donor, runId, JOB);
  const { stdout } = await donor.script(finishScript, [partial, file], READ_BACK_MS).catch((error: unknown) => {
    const why = error instanceof ExecError ? error.stderr.trim() : String(error);
    throw new SafetyError(`the backup ${partial} is not complete: ${why}`, { node: donor.host.name, cause: error });
  });
  const [sha256 = "", bytes = "0"] = stdout.trim().split("\n");
  await refuseIncomplete(donor, file, objects);
  const tables = [...objects].filter((object) => object.startsWith("table")).length;
  return { file, bytes: Number(bytes), sha256, tables };
};

/** As parseObjects has it. */
const ACCOUNTS = "table\tmysql\tuser";

const refuseIncomplete = async (donor: Node, file: string, objects: ReadonlySet<string>): Promise<void> => {
  const { stdout } = await donor.script(listObjectsScript, [file], READ_BACK_MS);
  const accounts = parseObjects(stdout, (schema) => schema === "mysql").has(ACCOUNTS)
    ? []
    : ["the accounts (mysql.user)"];
  const missing = [...missingObjects(objects, parseObjects(stdout, isUserSchema)), ...accounts];
  if (missing.length === 0) return;
  throw new SafetyError(
    `the backup ${file} lacks ${missing.length} objects: ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", ..." : ""}`,
    {
      node: donor.host.name,
      next: "see why mysqldump left them out (its account may lack rights), then run npx pulumi up again",
    },
  );
};

/** Only a file of the right size and hash counts: a byte may have flipped, or somebody tidied up. */
export const isIntact = async (donor: Node, { file, bytes, sha256 }: Backup): Promise<boolean> => {
  const script = 'wc -c <"$1" && sha256sum -- "$1" | cut -c1-64';
  const { exitCode, stdout } = await donor.tryScript(script, [file], READ_BACK_MS);
  return exitCode === 0 && stdout.split(/\s+/).filter(Boolean).join(" ") === `${bytes} ${sha256}`;
};

/** Ends the dump, should it be alive, too. */
export const removePartialBackup = async (donor: Node, runId: string): Promise<void> => {
  await forgetJob(donor, runId, JOB);
  await donor.script('rm -f -- "$1"', [partialFile(donor, runId)], 30_000);
};

export const backupText = ({ file, bytes, tables, sha256 }: Backup): string =>
  `${file}: ${bytesText(bytes)}, ${tables} tables, sha256 ${sha256.slice(0, 16)}...`;
