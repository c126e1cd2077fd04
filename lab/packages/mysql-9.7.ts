import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { NotToBeHad } from "../lab-error.ts";
import type { Say } from "../say.ts";
import { downloadDebs, unpackDebs, versionOf } from "./apt.ts";
import { cached } from "./cached.ts";
import { writeLauncher } from "./launcher.ts";
import type { ServerSoftware } from "./software.ts";

const clients = ["mysql", "mysqldump", "mysqladmin", "mysqlbinlog", "mysqlcheck", "mysqlshow", "my_print_defaults"];

/**
 * MySQL 9.7 as Debian's unstable suite packages it, unpacked with its own libc beside it and run through that libc's
 * loader: needs no rights and no particular Debian. The suite moves, so the version is read from what came.
 */
export async function mysql97(say: Say): Promise<ServerSoftware> {
  if (process.arch !== "x64") throw new NotToBeHad(`its packages are fetched for x86-64 only, this is ${process.arch}`);
  const { version, folder } = await cached("mysql-9.7", 800e6, say, async (fresh, finalFolder) => {
    const aptFolder = join(fresh, "apt");
    const debs = await downloadDebs(
      aptFolder,
      {
        what: "MySQL 9.7",
        suite: "sid",
        packages: ["mysql-server-core", "mysql-client-core"],
        assumeInstalled: "nothing",
      },
      say,
    );
    const its = versionOf(debs, "mysql-server-core");
    await unpackDebs(debs, join(fresh, "root"), /^(lib)?perl|gconv/, say);
    await rm(aptFolder, { recursive: true });
    writeLaunchers(fresh, finalFolder(its));
    return its;
  });
  const usr = join(folder, "root/usr");
  return {
    flavour: "mysql-9.7",
    version,
    origin: `Debian sid, package mysql-server-core ${version}`,
    mysqld: join(folder, "sbin/mysqld"),
    clientFolder: join(folder, "bin"),
    options: {
      basedir: usr,
      lc_messages_dir: join(usr, "share/mysql"),
      character_sets_dir: join(usr, "share/mysql/charsets"),
      plugin_dir: join(usr, "lib/mysql/plugin"),
      plugin_load_add: "mysql_clone.so",
    },
    gtid: true,
  };
}

function writeLaunchers(fresh: string, final: string): void {
  const root = join(final, "root");
  writeLauncher(join(fresh, "sbin/mysqld"), { root, program: join(root, "usr/sbin/mysqld") });
  // Older servers ask for the older authentication plugins, which the clients load from here.
  const environment = { LIBMYSQL_PLUGIN_DIR: join(root, "usr/lib/mysql/plugin") };
  for (const name of clients)
    if (existsSync(join(fresh, "root/usr/bin", name)))
      writeLauncher(join(fresh, "bin", name), { root, program: join(root, "usr/bin", name), environment });
}
