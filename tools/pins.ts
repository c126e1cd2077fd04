import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const projectFolder = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** One Go program that can be built here. Its module under tools/ pins the version of everything it is made of. */
export interface GoProgram {
  /** For messages. */
  readonly title: string;
  readonly moduleFolder: string;
  readonly mainPackage: string;
  readonly version: string;
  /** Goes into the program by -ldflags; absent: the program does not tell its version. */
  readonly versionVariable?: string;
  /** Measured on two idle and on two busy cores. */
  readonly expectedMinutes: string;
}

const require = createRequire(import.meta.url);

/** Folder of an installed npm package. */
export const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** Version of the npm package `pulumi`: it names the folder in which that package looks for the CLI. */
export const pulumiPackageVersion = (): string => {
  const { version } = JSON.parse(readFileSync(join(packageFolder("pulumi"), "package.json"), "utf8"));
  return String(version);
};

export const cliProgram = (): GoProgram => ({
  title: "the Pulumi CLI",
  ...pinned("pulumi-cli", "github.com/pulumi/pulumi/pkg/v3"),
  mainPackage: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
  expectedMinutes: "6 to 16 minutes",
});

export const hostProgram = (): GoProgram => ({
  title: "its Node.js language host",
  ...pinned("pulumi-host", "github.com/pulumi/pulumi/sdk/v3"),
  mainPackage: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  expectedMinutes: "half a minute to two minutes",
});

/** go.mod is the only place where the version stands. */
function pinned(folder: string, module: string): { moduleFolder: string; version: string } {
  const moduleFolder = join(projectFolder, "tools", folder);
  const line = readFileSync(join(moduleFolder, "go.mod"), "utf8")
    .split("\n")
    .find((its) => its.includes(`${module} v`));
  const version = line?.trim().split(" v")[1]?.split(" ")[0];
  if (!version) throw new Error(`${moduleFolder}/go.mod does not pin ${module}.`);
  return { moduleFolder, version };
}
