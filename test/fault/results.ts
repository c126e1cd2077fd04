import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { withLock } from "../../tools/lock.ts";
import { sayOnStderr } from "../../tools/say.ts";
import type { Reaction } from "./fault.ts";
import { points } from "./points.ts";

export interface CellResult {
  readonly fault: string;
  readonly point: string;
  readonly flavour: string;
  /** What it was run with: a result of other code is no result. */
  readonly code: string | undefined;
  readonly outcome: "passed" | "failed" | "not run";
  readonly seconds: number;
  /** Why it was not run. */
  readonly why?: string | undefined;
  readonly reaction?: Reaction | undefined;
  readonly left?: string | undefined;
  readonly next?: string | undefined;
  /** Acknowledged rows that are not on the donor at the end. */
  readonly lostRows?: number | undefined;
  readonly violations: readonly string[];
}

export const cellName = ({ fault, point, flavour }: Pick<CellResult, "fault" | "point" | "flavour">): string =>
  `${fault} at ${point} on ${flavour}`;

export const readResults = (file: string): readonly CellResult[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as CellResult[]) : [];

const LOCK_MS = 60_000;

/** A cell that is run again replaces its earlier result. Several shards may share the file. */
export const addResult = (file: string, result: CellResult): Promise<void> => {
  mkdirSync(dirname(file), { recursive: true });
  return withLock(`${file}.lock`, LOCK_MS, sayOnStderr, async () => {
    const others = readResults(file).filter((its) => cellName(its) !== cellName(result));
    const all = [...others, result].sort((a, b) => (cellName(a) < cellName(b) ? -1 : 1));
    writeFileSync(`${file}.new`, `[\n${all.map((its) => JSON.stringify(its)).join(",\n")}\n]\n`);
    renameSync(`${file}.new`, file);
  });
};

/** One row per cell, in the order of the matrix. */
export const table = (results: readonly CellResult[]): string => {
  const order = (result: CellResult): string =>
    `${result.fault} ${String(points.findIndex(({ name }) => name === result.point)).padStart(2, "0")} ${result.flavour}`;
  const rows = [...results]
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map((its) => [
      ...[its.fault, its.point, its.flavour, its.outcome],
      ...[
        its.left ?? "-",
        its.reaction ?? "-",
        its.next ?? its.why ?? "-",
        String(its.lostRows ?? "-"),
        `${its.seconds} s`,
      ],
    ]);
  const head = ["fault", "point", "flavour", "outcome", "left", "reaction", "next up", "rows lost", "took"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
