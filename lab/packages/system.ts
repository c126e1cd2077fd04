import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { NotToBeHad } from "../lab-error.ts";
import { run } from "../run.ts";
import type { ServerSoftware } from "./software.ts";

/** The server on PATH, as it is. Its words must be those that the lab speaks: MySQL from 8.0.26 on. */
export async function systemServer(): Promise<ServerSoftware> {
  const mysqld = onPath("mysqld");
  const mysqldump = onPath("mysqldump");
  if (!mysqld) throw new NotToBeHad("there is no mysqld on PATH");
  if (!mysqldump) throw new NotToBeHad("there is a mysqld on PATH, but no mysqldump");
  const said = await run(mysqld, ["--no-defaults", "--version"], { timeoutMs: 20_000 });
  const [version = "", major = 0, minor = 0, patch = 0] = /(\d+)\.(\d+)\.(\d+)/.exec(said.stdout) ?? [];
  const number = Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
  if (/mariadb/i.test(said.stdout) || number < 80_026)
    throw new NotToBeHad(`the lab speaks to MySQL 8.0.26 or later; ${mysqld} says: ${said.stdout.trim()}`);
  return {
    flavour: "system",
    version,
    origin: mysqld,
    mysqld,
    clientFolder: dirname(mysqldump),
    options: {},
    gtid: true,
  };
}

/** System folders are searched too: an ordinary user's PATH often lacks them. */
export function onPath(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(":").filter(Boolean), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
