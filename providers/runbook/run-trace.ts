import type { Shell } from "../node/node.ts";
import type { RunTrace } from "../observe/observation.ts";
import { parseFenceMarker } from "./fence-marker.ts";
import { parseJournal } from "./journal.ts";
import { isDead, parseOwner } from "./lock-owner.ts";

/** One script for all files; reads only, and a missing folder is an answer. */
const traceText = `
[ -d "$1" ] || exit 0
cd -- "$1" || exit
if [ -f lock ] && { read -r owner; read -r boot up epoch; } <lock; then
  read -r now idle </proc/uptime
  age=\${now%%.*}
  if [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ "$up" -le "$age" ]; then age=$((age - up)); fi
  printf 'lock %s %s\\n' "$age" "$owner"
fi
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
  const lines = new Map(stdout.split("\n").map((line) => [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)]));
  const [lock, fence, journal, guard] = ["lock", "fence", "journal", "guard"].map((name) => lines.get(name));
  if ([lock, fence, journal, guard].every((line) => line === undefined)) return undefined;
  return {
    ...(lock !== undefined && { lock: lockTrace(lock) }),
    ...(fence !== undefined && { fence: fenceTrace(fence) }),
    ...(journal !== undefined && { journal: journalTrace(journal) }),
    ...(guard !== undefined && { guard: guardTrace(guard) }),
  };
};

const lockTrace = (line: string): NonNullable<RunTrace["lock"]> => {
  const owner = parseOwner(line.slice(line.indexOf(" ") + 1));
  return {
    owner: owner?.owner ?? "unreadable",
    runId: owner?.runId ?? "unreadable",
    beatAgeSeconds: Number.parseInt(line, 10),
    ...(owner && isDead(owner) && { ownerGone: true }),
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
    donorUuid: marker?.donor.serverUuid ?? "unreadable",
    recipientUuid: marker?.recipient.serverUuid ?? "unreadable",
  };
};

const journalTrace = (line: string): NonNullable<RunTrace["journal"]> => {
  try {
    const { runId, donor, state, events, finished } = parseJournal(line, "journal.json");
    return { runId, donorUuid: donor.serverUuid, state, lastStep: events.at(-1)?.step ?? "none", finished };
  } catch {
    return { runId: "unreadable", donorUuid: "unreadable", state: "unknown", lastStep: "unknown", finished: false };
  }
};
