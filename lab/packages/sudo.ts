import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Say } from "../say.ts";
import { downloadDebs, unpackDebs, versionOf } from "./apt.ts";
import { cached } from "./cached.ts";
import { librariesOf } from "./launcher.ts";

/** The program that says whether sudo would take a file of rules. */
export interface Visudo {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Unpacked from this machine's own suite and never installed: it changes nothing of who may do what here. */
export async function visudo(say: Say): Promise<Visudo> {
  const { folder } = await cached("sudo", 30e6, say, async (fresh) => {
    const aptFolder = join(fresh, "apt");
    const debs = await downloadDebs(aptFolder, { what: "sudo", packages: ["sudo"], assumeInstalled: "machine" }, say);
    await unpackDebs(debs, join(fresh, "root"), /^$/, say);
    await rm(aptFolder, { recursive: true });
    return versionOf(debs, "sudo");
  });
  const root = join(folder, "root");
  const libraries = [join(root, "usr/libexec/sudo"), join(root, "usr/lib/sudo"), librariesOf(root)];
  return { program: join(root, "usr/sbin/visudo"), environment: { LD_LIBRARY_PATH: libraries.join(":") } };
}
