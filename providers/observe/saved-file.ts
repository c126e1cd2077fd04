import { createHash } from "node:crypto";
import { SafetyError } from "../errors.ts";
import type { Node } from "../node/node.ts";

const APPEND_MS = 60_000;
/** Characters sent at once. */
const pieceLength = 256 * 1024;

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** A text file that grows on several nodes at once, piece by piece, readable by root only. */
export interface SavedFile {
  append(text: string): Promise<void>;
  /** Writes the rest, proves size and hash on every node, and gives the file its name. */
  finish(): Promise<WrittenFile>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

// Folder, stem.
const freeScript = `n=1; while [ -e "$1/$2-$n.sql" ]; do n=$((n + 1)); done; echo "$n"`;
// Folder, name. A part left by an earlier try of the same run goes; noclobber follows no planted link.
const createScript = `umask 077; mkdir -p -- "$1" && rm -f -- "$1/$2.part" && set -C && : >"$1/$2.part"`;
const appendScript = `printf %s "$3" >>"$1/$2.part"`;
const hashScript = `sync -- "$1/$2.part" && sha256sum <"$1/$2.part"`;
// Never over a file that is there: it may be the only copy of its rows.
const finishScript = `ln -- "$1/$2.part" "$1/$2" && rm -f -- "$1/$2.part" && sync -- "$1/$2" "$1"`;
const discardScript = `rm -f -- "$1/$2.part"`;

/** The first number that "<stem>-<number>.sql" has on none of the nodes: an attempt that was cut short has told nobody of its file. */
export const firstFree = async (nodes: readonly Node[], stem: string): Promise<number> => {
  const answers = await Promise.all(
    nodes.map((node) => node.script(freeScript, [node.host.backupFolder, stem], APPEND_MS)),
  );
  return Math.max(...answers.map(({ stdout }) => Number(stdout)));
};

/** In the backup folder of each node. */
export const createSavedFile = async (nodes: readonly Node[], name: string): Promise<SavedFile> => {
  const hash = createHash("sha256");
  let bytes = 0;
  let waiting = "";
  const everywhere = (script: string, ...args: readonly string[]): Promise<readonly string[]> =>
    Promise.all(
      nodes.map(async (node) => (await node.script(script, [node.host.backupFolder, name, ...args], APPEND_MS)).stdout),
    );
  const send = async (text: string): Promise<void> => {
    hash.update(text);
    bytes += Buffer.byteLength(text);
    await everywhere(appendScript, text);
  };
  await everywhere(createScript);
  return {
    async append(text) {
      waiting += text;
      while (waiting.length >= pieceLength) {
        const piece = wholeCharacters(waiting.slice(0, pieceLength));
        waiting = waiting.slice(piece.length);
        await send(piece);
      }
    },
    async finish() {
      if (waiting) await send(waiting);
      waiting = "";
      const sha256 = hash.digest("hex");
      const found = await everywhere(hashScript);
      for (const [index, text] of found.entries()) {
        const node = nodes[index]?.host.name ?? "";
        if (!text.startsWith(sha256))
          throw new SafetyError(`${name} on ${node} is not what was written to it`, {
            node,
            next: "look at the disk of this node",
          });
      }
      await everywhere(finishScript);
      return { bytes, sha256 };
    },
    async discard() {
      await everywhere(discardScript);
    },
  };
};

/** A character outside the basic plane is two units; a piece must not end between them. */
const wholeCharacters = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text);
