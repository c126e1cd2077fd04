import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Lab } from "../../lab/lab.ts";
import { projectFolder } from "../support/pulumi.ts";

export const stackFile = (folder: string, stack: string): string => join(folder, "stacks", `Pulumi.${stack}.yaml`);

/** Settings of the lab's stack, changed as an operator changes them: in the file. undefined takes one away. */
export const changeStack = (lab: Lab, path: readonly [string, ...(string | number)[]], value: unknown): void => {
  const file = stackFile(projectFolder, lab.stack);
  const document = parseDocument(readFileSync(file, "utf8"));
  const [key, ...rest] = path;
  const place = ["config", `replication-pair:${key}`, ...rest];
  if (value === undefined) document.deleteIn(place);
  else document.setIn(place, value);
  writeFileSync(file, document.toString());
};
