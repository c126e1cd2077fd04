import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../support/pulumi.ts";

/** All that takes part in a cell: other tests and documents do not change what it shows. */
const PARTS = ["Pulumi.yaml", "cli", "index.ts", "lab", "package.json", "package-lock.json", "providers", "stacks"];
const TEST_PARTS = ["test/fault", ":!test/fault/*.test.ts", "test/support", "tools", ":!tools/test", "tsconfig.json"];

const isThere = (name: string): boolean => name !== "" && existsSync(join(projectFolder, name));

/** 12 hex digits that are the same as long as those files are; undefined where git does not tell which files they are. */
export const codeOf = (): string | undefined => {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...PARTS, ...TEST_PARTS];
  let names: readonly string[];
  try {
    names = execFileSync("git", words, { cwd: projectFolder, encoding: "utf8" }).split("\0").filter(isThere).sort();
  } catch {
    return undefined;
  }
  const hash = createHash("sha256");
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(projectFolder, name)))
      .update("\0");
  return hash.digest("hex").slice(0, 12);
};
