import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab.ts";
import { downloadDebs, unpackDebs } from "../../../lab/packages/apt.ts";
import { cached } from "../../../lab/packages/cached.ts";
import { silent } from "../../../lab/say.ts";
import type { Fault } from "../fault.ts";

const BYTES = 5e6;

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

/** The runner's clock jumps in the middle of a run; what is measured by other clocks must not. */
const jump = (name: string, shift: string): Fault => ({
  name,
  expects: () => ["finished"],
  async impossible() {
    preload ||= await library().catch(() => "");
    return preload ? undefined : "libfaketime cannot be had here";
  },
  prepare: async (lab) => writeFileSync(shiftFile(lab), "+0\n"),
  environment: (lab) => ({
    LD_PRELOAD: preload,
    FAKETIME_TIMESTAMP_FILE: shiftFile(lab),
    FAKETIME_NO_CACHE: "1",
    // A clock that is set leaves the monotonic one alone.
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  }),
  async inject({ lab }) {
    if (!existsSync(shiftFile(lab))) throw new Error("the run does not look at the shifted clock");
    writeFileSync(shiftFile(lab), `${shift}\n`);
  },
});

export const clockForward = jump("clock-forward", "+3600");
export const clockBack = jump("clock-back", "-3600");
