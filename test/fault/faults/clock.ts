import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import { downloadDebs, unpackDebs } from "../../../lab/packages/apt.ts";
import { cached } from "../../../lab/packages/cached.ts";
import { silent } from "../../../lab/say.ts";
import { quoted } from "../../../lab/shell-text.ts";
import { waitFor } from "../../../lab/wait.ts";
import type { Journal } from "../../../providers/runbook/journal.ts";
import type { Fault } from "../fault.ts";
import { donor, hostFolder, sides } from "../nodes.ts";

const BYTES = 5e6;
const LINKS_MS = 60_000;
const SHIFT_MS = 30_000;

/** libfaketime of this machine's own package source, unpacked beside the lab's servers. */
const library = async (): Promise<string> => {
  const { folder } = await cached("libfaketime", BYTES, silent, async (fresh) => {
    const request = { what: "libfaketime", packages: ["libfaketime"], assumeInstalled: "machine" } as const;
    await unpackDebs(await downloadDebs(join(fresh, "apt"), request, silent), join(fresh, "root"), /^$/, silent);
    return "1";
  });
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((file) =>
    /libfaketime\.so\.1$/.test(file),
  );
  if (!found) throw new Error(`${folder} has no libfaketime.so.1`);
  return join(folder, found);
};

const shiftFile = (lab: Lab): string => join(lab.folder, "clock-shift");
let preload = "";

const environment = (lab: Lab) => ({
  LD_PRELOAD: preload,
  FAKETIME_TIMESTAMP_FILE: shiftFile(lab),
  // A clock that is set leaves the monotonic one alone.
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
});

const setShift = (lab: Lab, shift: string): void => writeFileSync(shiftFile(lab), `${shift}\n`);

/** A clock that jumps in the middle of a run; what is measured by other clocks must not. */
const shifted = {
  expects: () => ["finished"],
  async impossible() {
    preload ||= await library().catch(() => "");
    return preload ? undefined : "libfaketime cannot be had here";
  },
} satisfies Partial<Fault>;

/** Between two events that follow each other lies the jump: the run itself has dated them. */
const sawJump = (journal: Journal | undefined, shift: string): boolean => {
  const times = (journal?.events ?? []).map(({ at }) => Date.parse(at) / 1000);
  const half = Number(shift) / 2;
  return times.some((time, index) => (time - (times[index - 1] ?? time)) / half > 1);
};

/** The runner's. */
const jump = (name: string, shift: string): Fault => ({
  ...shifted,
  name,
  // After its last event a run dates nothing.
  strikes: ({ step }) => step !== "verify",
  prepare: async (lab) => setShift(lab, "+0"),
  environment: (lab) => ({ ...environment(lab), FAKETIME_NO_CACHE: "1" }),
  inject: async ({ lab }) => setShift(lab, shift),
  missed: (journal) => (sawJump(journal, shift) ? undefined : `its journal shows no jump by ${shift} s`),
});

/** So that a server starts with a clock that can be shifted. */
const settingsFile = (lab: Lab): string => join(hostFolder(lab, donor), "libexec/mysql-settings");

/** Without the gateways: they would go over to the other server and write there. */
const startAnew = async (lab: Lab, settings: string): Promise<void> => {
  await lab.gateways("stop");
  await lab.server(donor, "stop");
  writeFileSync(settingsFile(lab), settings);
  await lab.server(donor, "start");
  await lab.gateways("start");
};

const bothLinks = (lab: Lab): Promise<readonly boolean[]> =>
  Promise.all(sides.map(async (side) => (await lab.link(side))?.io === "Yes"));

/** Marks the added lines. */
const MARK = "# clock";

/** The donor's server's: what is measured there must not hang on its wall clock. */
const serverJump = (name: string, shift: string): Fault => ({
  ...shifted,
  name,
  async prepare(lab) {
    setShift(lab, "+0");
    const lines = Object.entries({
      ...environment(lab),
      FAKETIME_CACHE_DURATION: "1",
      // Else each of the server's timed waits ends at once, and it spins.
      FAKETIME_FORCE_MONOTONIC_FIX: "0",
    });
    const text = lines.map(([key, value]) => `export ${key}=${quoted(value)} ${MARK}\n`).join("");
    await startAnew(lab, `${readFileSync(settingsFile(lab), "utf8")}${text}`);
    await waitFor("both links", async () => (await bothLinks(lab)).every((its) => its), LINKS_MS);
  },
  async inject({ lab }) {
    setShift(lab, shift);
    const isShifted = async (): Promise<boolean> => {
      const [row] = await lab.sql<{ now: string }>(donor, "SELECT UNIX_TIMESTAMP() AS now");
      return (Number(row?.now) - Date.now() / 1000) / Number(shift) > 0.5;
    };
    await waitFor("the donor's clock to be shifted", isShifted, SHIFT_MS);
  },
  async heal(lab) {
    const lines = readFileSync(settingsFile(lab), "utf8").split("\n");
    await startAnew(lab, lines.filter((line) => !line.endsWith(MARK)).join("\n"));
  },
});

export const serverClockForward = serverJump("server-clock-forward", "+3600");
export const serverClockBack = serverJump("server-clock-back", "-3600");

export const clockForward = jump("clock-forward", "+3600");
export const clockBack = jump("clock-back", "-3600");
