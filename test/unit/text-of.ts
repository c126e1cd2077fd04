import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of all files in the folder, and in those below it, whose names end so. */
export const textOf = (folder: string, ending: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
