import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../packages/cached.ts";
import type { ServerSoftware } from "../packages/software.ts";
import { run } from "../run.ts";
import { type Say, sayWhile } from "../say.ts";
import { templateConfig } from "./mysql-config.ts";

/** An initialised data folder of this very server, kept in the cache: copying one takes a tenth of making one. */
export async function dataTemplate(server: ServerSoftware, say: Say): Promise<string> {
  const kind = `data-template-${server.flavour}-${server.version}`;
  const { folder } = await cached(kind, 300e6, say, async (fresh) => {
    const data = join(fresh, "data");
    const config = join(fresh, "my.cnf");
    writeFileSync(config, templateConfig(server, data, join(fresh, "initialize.err")));
    const words = [`--defaults-file=${config}`, "--initialize-insecure"];
    const work = run(server.mysqld, words, { timeoutMs: 180_000, called: `mysqld --initialize of ${server.version}` });
    await sayWhile(say, `Making an empty data folder of MySQL ${server.version}, once`, work);
    // Each copy must make its own: the server's identity, and the keys of its TLS.
    await rm(join(data, "auto.cnf"), { force: true });
    await run("sh", ["-c", 'rm -f "$1"/*.pem', "sh", data], { timeoutMs: 5000 });
    return "1";
  });
  return join(folder, "data");
}

/** Copies the template unless the node has its data already; a copy that was cut off is not taken for data. */
export async function placeData(template: string, nodeFolder: string): Promise<"new" | "kept"> {
  const data = join(nodeFolder, "data");
  if (existsSync(data)) return "kept";
  mkdirSync(nodeFolder, { recursive: true });
  const half = `${data}.new`;
  await rm(half, { recursive: true, force: true });
  await run("cp", ["-a", "--reflink=auto", template, half], { timeoutMs: 120_000 });
  await run("mv", [half, data], { timeoutMs: 5000 });
  return "new";
}
