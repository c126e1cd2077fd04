import { spawn } from "node:child_process";
import { createReadStream, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { Readable } from "node:stream";
import { ExecError } from "../../providers/errors.ts";
import { quote } from "../../providers/node/shell.ts";
import { withLink } from "./connection.ts";
import { type Properties, plainProperties, textOf } from "./properties.ts";
import { type RemoteRun, runRemote } from "./run-remote.ts";

/** $1: destination, $2: name inside it if it is a folder, $3: bytes. The file appears whole or not at all. */
const receiveFile = `set -eu
target=$1; [ ! -d "$target" ] || target=$target/$2
mkdir -p -- "$(dirname -- "$target")"
cat > "$target.new-$$"
[ "$(wc -c < "$target.new-$$")" -eq "$3" ] || { rm -f -- "$target.new-$$"; echo "it did not arrive whole" >&2; exit 1; }
mv -f -- "$target.new-$$" "$target"`;

/** $1: destination; a folder that is there gets the new one inside it. stdin: a tar archive of "." */
const receiveFolder = `set -eu
target=$1; [ ! -d "$target" ] || target=$target/$2
mkdir -p -- "$target"
tar -x -C "$target" -f -`;

/** Copies the asset or archive of a `command:remote:CopyToRemote`. Paths are relative to the project's folder. */
export async function copyToRemote(raw: Properties): Promise<Properties> {
  const { connection, source, remotePath } = plainProperties(raw);
  const run = sending(source as Properties, textOf(remotePath) ?? "");
  const result = await withLink(connection as Properties, (link) => runRemote(link, run));
  if (result.exitCode !== 0) {
    const host = textOf((connection as Properties).host) ?? "";
    const words = `${host}: copying to ${remotePath} failed. ${result.stderr.trim()}`;
    throw new ExecError(words, result.exitCode ?? 128, result.stderr, { node: host });
  }
  return raw;
}

function sending(source: Properties, remotePath: string): RemoteRun {
  const text = textOf(source.text);
  if (text !== undefined)
    return receiving(receiveFile, [remotePath, "", String(Buffer.byteLength(text))], () => Readable.from([text]));
  const path = textOf(source.path);
  if (path === undefined) throw new Error("source must be a FileAsset, a StringAsset or a FileArchive of a path");
  const local = resolve(path);
  if (!statSync(local).isDirectory())
    return receiving(receiveFile, [remotePath, basename(local), String(statSync(local).size)], () =>
      createReadStream(local),
    );
  return receiving(receiveFolder, [remotePath, basename(local)], () => {
    const tar = spawn("tar", ["-c", "-C", local, "-f", "-", "."], { stdio: ["ignore", "pipe", "inherit"] });
    return tar.on("error", (error) => tar.stdout.destroy(error)).stdout;
  });
}

const receiving = (script: string, args: readonly string[], stdin: () => Readable): RemoteRun => ({
  command: `sh -c ${[script, "sh", ...args].map(quote).join(" ")}`,
  stdin,
});
