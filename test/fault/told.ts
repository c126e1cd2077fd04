import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { type CliResult, projectFolder, startPulumiWith } from "../support/pulumi.ts";
import { stackFile } from "./stack-file.ts";

/** What an operator is told who has nothing but the nodes, and perhaps the stack's state. */
export interface Told {
  /** By `refresh` in a new checkout, with the stack's state. */
  readonly refresh: CliResult;
  /** By `preview` of a new stack without any state. */
  readonly preview?: CliResult;
}

const LEFT_OUT = /^(node_modules|\.git)$|^stacks\/Pulumi\.lab-/;

/**
 * The project as somebody else would get it, with the packages of this one. In the same place each time: what tsx has
 * compiled it keeps by path.
 */
const withCheckout = async <T>(lab: Lab, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = join(lab.folder, "checkout");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  try {
    const filter = (file: string): boolean => !LEFT_OUT.test(file.slice(projectFolder.length).replace(/^\//, ""));
    cpSync(projectFolder, folder, { recursive: true, filter });
    symlinkSync(join(projectFolder, "node_modules"), join(folder, "node_modules"));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** `fully`: of a new stack too, and the refresh stores what it saw; else it leaves the state as the run has left it. */
export const ask = (lab: Lab, fully = false): Promise<Told> =>
  withCheckout(lab, async (folder) => {
    const settings = readFileSync(stackFile(projectFolder, lab.stack), "utf8");
    const blank = `${lab.stack}-blank`;
    for (const stack of [lab.stack, blank]) writeFileSync(stackFile(folder, stack), settings, { mode: 0o600 });
    const call = (stack: string, ...args: string[]): Promise<CliResult> =>
      startPulumiWith(lab, { folder, stack }, ...args).ended;
    const refresh = await call(lab.stack, "refresh", ...(fully ? ["--yes", "--skip-preview"] : ["--preview-only"]));
    if (!fully) return { refresh };
    // As far as the engine knows, nothing of this pair was ever there.
    await call(blank, "stack", "select", "--create", blank);
    return { refresh, preview: await call(blank, "preview") };
  });

/** "S4"; "none": no run is told of. */
const stateIn = (text: string): string => /\brun \S+: (S[0-6])\b/.exec(text)?.[1] ?? "none";

/** Of the line that tells of a run. */
const nextMoveIn = (text: string): string | undefined =>
  /\brun \S+: S[0-6]\b[^\n]*?; next: ([^\n]+)/
    .exec(text)?.[1]
    ?.trim()
    .replace(/^none$/, "");

/** They tell the state that the nodes are in, and what to do. */
export const disagreements = (told: Told, state: string): readonly string[] =>
  Object.entries(told).flatMap(([name, { exitCode, output: text }]: [string, CliResult]) => [
    ...(exitCode === 0 ? [] : [`left, invariant 5: ${name} failed:\n${text}`]),
    ...(stateIn(text) === state
      ? []
      : [`left, invariant 5: ${name} tells the state ${stateIn(text)}, the nodes are in ${state}`]),
    ...(nextMoveIn(text) ? [] : [`left, invariant 5: ${name} tells no next move`]),
    ...(nextMoveIn(text) === nextMoveIn(told.refresh.output)
      ? []
      : [
          `left, invariant 5: the next move by ${name} is ${nextMoveIn(text)}, by refresh ${nextMoveIn(told.refresh.output)}`,
        ]),
  ]);
