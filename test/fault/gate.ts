import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";
import type { Side } from "../../lab/record.ts";
import { donor, hostFolder, recipient, sides } from "./nodes.ts";
import type { Point } from "./points.ts";

/** Clients of a node: links to the real ones, but a mysqldump whose output can be held, and that and mysql can be starved. */
export const clientFolder = (lab: Lab, side: Side): string => join(hostFolder(lab, side), "clients");

const gateFile = (lab: Lab, side: Side): string => join(clientFolder(lab, side), "gate");
const reachedFile = (lab: Lab, side: Side): string => join(clientFolder(lab, side), "reached");
/** Names a memory cgroup into which that client goes before it works. */
export const starvedFile = (lab: Lab, side: Side, client: "mysqldump" | "mysql"): string =>
  join(clientFolder(lab, side), `starved.${client}`);

/** The real mysqldump. While `gate` ("<job> <bytes>") is there, what it writes stands still at that byte. */
const dumpText = (real: string): string => `#!/bin/bash
set -o pipefail
here=$(dirname "$0")
real='${real}/mysqldump'
job=$(basename "$JOB")
if [ -e "$here/measure" ]; then "$real" "$@" | tee "$here/measured.$job"; exit; fi
if [ -e "$here/starved.mysqldump" ]; then echo $$ >"$(cat "$here/starved.mysqldump")/cgroup.procs" || exit; fi
read -r held bytes 2>/dev/null <"$here/gate"
[ -n "$bytes" ] && [ "$held" = "$job" ] || exec "$real" "$@"
"$real" "$@" | { head -c "$bytes"; : >"$here/reached"; while [ -e "$here/gate" ]; do sleep 0.2; done; cat; }
`;

/** The real mysql, of which only the one that loads a copy is ever starved. */
const loadText = (real: string): string => `#!/bin/bash
here=$(dirname "$0")
if [ "$(basename "\${JOB:-}")" = clone ] && [ -e "$here/starved.mysql" ]; then
  echo $$ >"$(cat "$here/starved.mysql")/cgroup.procs" || exit
fi
exec '${real}/mysql' "$@"
`;

export const installClients = (lab: Lab): void => {
  for (const side of sides) {
    const folder = clientFolder(lab, side);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const real = lab.record().server.clientFolder;
    for (const name of readdirSync(real))
      if (name !== "mysqldump" && name !== "mysql") symlinkSync(join(real, name), join(folder, name));
    placeDump(lab, side);
    writeFileSync(join(folder, "mysql"), loadText(real), { mode: 0o755 });
    hideOtherClients(lab, side);
  }
};

/** Else a client that is missing from its folder would be found in another one. */
const hideOtherClients = (lab: Lab, side: Side): void => {
  const file = join(hostFolder(lab, side), "libexec/environment");
  writeFileSync(file, readFileSync(file, "utf8").replace(`:${lab.record().server.clientFolder}:`, ":"));
};

export const placeDump = (lab: Lab, side: Side): void =>
  writeFileSync(join(clientFolder(lab, side), "mysqldump"), dumpText(lab.record().server.clientFolder), {
    mode: 0o755,
  });

export const removeDump = (lab: Lab, side: Side): void => rmSync(join(clientFolder(lab, side), "mysqldump"));

/** The node on which the job of a step runs. */
export const jobSide = (step: string): Side => (step === "clone" ? recipient : donor);

/** Bytes that mysqldump wrote for each job in a run that nothing disturbed. */
export type JobBytes = Readonly<Record<string, number>>;

export const measureJobs = async (lab: Lab, run: () => Promise<void>): Promise<JobBytes> => {
  const folders = sides.map((side) => clientFolder(lab, side));
  for (const folder of folders) writeFileSync(join(folder, "measure"), "");
  await run();
  for (const folder of folders) rmSync(join(folder, "measure"));
  const sizeOf = (job: string): number => statSync(join(clientFolder(lab, jobSide(job)), `measured.${job}`)).size;
  return { backup: sizeOf("backup"), clone: sizeOf("clone") };
};

export const closeGate = (lab: Lab, { step, inside }: Point, bytes: JobBytes): void => {
  if (inside === undefined) return;
  holdJob(lab, step, Math.floor((bytes[step] ?? 0) * inside));
};

/** What mysqldump writes for the job of a step stands still at that byte, until the gate is opened. */
export const holdJob = (lab: Lab, step: string, bytes: number): void => {
  rmSync(reachedFile(lab, jobSide(step)), { force: true });
  writeFileSync(gateFile(lab, jobSide(step)), `${step} ${bytes}\n`);
};

export const isReached = (lab: Lab, { step }: Pick<Point, "step">): boolean =>
  existsSync(reachedFile(lab, jobSide(step)));

export const openGate = (lab: Lab): void => {
  for (const side of sides) rmSync(gateFile(lab, side), { force: true });
};
