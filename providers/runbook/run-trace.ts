import { serverIdentity } from "../mysql/server-identity.ts";
import { jobFunctions } from "../node/job-script.ts";
import type { Shell } from "../node/node.ts";
import type { RunTrace } from "../observe/observation.ts";
import { parseFenceMarker } from "./fence-marker.ts";
import type { Identity } from "./identity.ts";
import { milestones, parseJournal } from "./journal.ts";
import { isDead, parseOwner } from "./lock-owner.ts";

/** One script for all files; reads only, and a missing folder is an answer. */
const traceText = `${jobFunctions}
[ -d "$1" ] || exit 0
cd -- "$1" || exit
if [ -f lock ] && { read -r owner; read -r boot up epoch; } <lock; then
  read -r now idle </proc/uptime
  age=\${now%%.*}
  if [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ "$up" -le "$age" ]; then age=$((age - up)); fi
  printf 'lock %s %s\\n' "$age" "$owner"
fi
for job in run/*/jobs/*; do
  if [ -d "$job" ] && job_alive "$job"; then printf 'job %s\\n' "$job"; fi
done
for name in fence journal; do
  if [ -f "$name.json" ]; then printf '%s ' "$name"; head -n 1 "$name.json"; fi
done
if [ -s jobs/guard/fired ]; then printf 'guard '; head -n 1 jobs/guard/fired; fi
exit 0
`;

const limitMs = 20_000;

/** What the state folder of a node says of runs; undefined: nothing. */
export const readRunTrace = async (shell: Shell): Promise<RunTrace | undefined> => {
  const { stdout } = await shell.script(traceText, [shell.host.stateFolder], limitMs);
  return parseRunTrace(stdout);
};

/** A damaged file still is a trace: its run is then called "unreadable". */
export const parseRunTrace = (stdout: string): RunTrace | undefined => {
  const said = stdout.split("\n").map((line) => [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)] as const);
  const lines = new Map(said);
  const [lock, fence, journal, guard] = ["lock", "fence", "journal", "guard"].map((name) => lines.get(name));
  const jobs = said.flatMap(([word, path]) => (word === "job" ? [jobTrace(path)] : []));
  if ([lock, fence, journal, guard].every((line) => line === undefined) && jobs.length === 0) return undefined;
  return {
    ...(lock !== undefined && { lock: lockTrace(lock) }),
    ...(fence !== undefined && { fence: fenceTrace(fence) }),
    ...(journal !== undefined && { journal: journalTrace(journal) }),
    ...(jobs.length > 0 && { jobs }),
    ...(guard !== undefined && { guard: guardTrace(guard) }),
  };
};

/** "run/<id>/jobs/<name>" */
const jobTrace = (path: string) => {
  const [, runId = "", , name = ""] = path.split("/");
  return { runId, name };
};

const lockTrace = (line: string): NonNullable<RunTrace["lock"]> => {
  const owner = parseOwner(line.slice(line.indexOf(" ") + 1));
  return {
    owner: owner?.owner ?? "unreadable",
    runId: owner?.runId ?? "unreadable",
    beatAgeSeconds: Number.parseInt(line, 10),
    ownerGone: owner !== undefined && isDead(owner),
  };
};

/** "run trying|acted time", as the guard's script writes it. */
const guardTrace = (line: string): NonNullable<RunTrace["guard"]> => {
  const [runId = "", how, at = ""] = line.split(" ");
  return { runId, acted: how === "acted", at };
};

const fenceTrace = (line: string): NonNullable<RunTrace["fence"]> => {
  const marker = parseFenceMarker(line);
  return {
    runId: marker?.runId ?? "unreadable",
    donor: marker ? told(marker.donor) : "unreadable",
    recipient: marker ? told(marker.recipient) : "unreadable",
  };
};

const told = ({ serverUuid, serverId }: Identity): string => serverIdentity(serverUuid, serverId);

const journalTrace = (line: string): NonNullable<RunTrace["journal"]> => {
  try {
    const { runId, donor, recipient, triggers, state, events, finished } = parseJournal(line, "journal.json");
    const servers = { donor: told(donor), recipient: told(recipient) };
    const lastStep = events.at(-1)?.step ?? "none";
    const known = { runId, ...servers, ...(triggers !== undefined && { triggers }) };
    return { ...known, state, lastStep, ...milestones(events), events: events.length, finished };
  } catch {
    const servers = { donor: "unreadable", recipient: "unreadable" };
    const unknown = { state: "unknown", lastStep: "unknown", destroying: true, lifting: false, copyProved: false };
    return { runId: "unreadable", ...servers, ...unknown, events: 0, finished: false };
  }
};
