import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Lab } from "../../lab/lab.ts";
import { withoutPulumi } from "../../tools/engine-env.ts";

export interface CliResult {
  readonly exitCode: number;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const LIMIT_MS = 240_000;

/** `npx pulumi ...` on the lab's stack, as an operator would type it. */
export const pulumi = (lab: Lab, ...args: string[]): Promise<CliResult> =>
  new Promise((done, failed) => {
    const child = spawn("npx", ["pulumi", ...args, "--non-interactive"], {
      cwd: projectFolder,
      env: { ...withoutPulumi(process.env), ...lab.environment() },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MS,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    child.on("error", failed);
    child.on("close", (code) => done({ exitCode: code ?? -1, output }));
  });

export const healthOf = async (
  lab: Lab,
): Promise<{ state: string; findings: { code: string; subject: string; remedy: string }[] }> => {
  const { exitCode, output } = await pulumi(lab, "stack", "output", "health", "--json");
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output);
};
