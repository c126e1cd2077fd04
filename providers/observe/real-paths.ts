import type { Shell } from "../node/node.ts";

const LOOK_MS = 15_000;

/** What does not exist yet is resolved as far as it does. */
const realScript = 'for path in "$@"; do readlink -m -- "$path" || exit; done';

/** Each path with all symbolic links resolved on the host; undefined: it could not tell. */
export const readRealPaths = async (
  shell: Pick<Shell, "tryScript">,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>> | undefined> => {
  const { exitCode, stdout } = await shell.tryScript(realScript, paths, LOOK_MS);
  const lines = stdout.split("\n").slice(0, -1);
  if (exitCode !== 0 || lines.length !== paths.length) return undefined;
  return Object.fromEntries(paths.map((path, index) => [path, lines[index] ?? path]));
};
