import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { SetupError } from "../tools/setup-error.ts";
import { type Lab, openLab } from "./lab.ts";
import { LabError, reasonOf } from "./lab-error.ts";
import { projectFolder } from "./paths.ts";
import { sayWithClock } from "./say.ts";

/** Shows the product's main job on real parts, in a lab of its own that is gone afterwards. */

const requestsPerSecond = 10;
let interrupted = false;
process.on("SIGINT", () => {
  interrupted = true; // the command that runs gets the signal too; the lab is taken down after it
});

const heading = (text: string): void => {
  if (interrupted) throw new LabError("Interrupted.");
  process.stdout.write(`\n\x1b[1m== ${text}\x1b[0m\n\n`);
};

/** Runs the real CLI as a person would, its output on this terminal. Returns the exit code. */
async function pulumi(lab: Lab, ...words: readonly string[]): Promise<number> {
  process.stdout.write(`$ npx pulumi ${words.join(" ")}\n`);
  const env = lab.environment();
  const child = spawn("npx", ["pulumi", ...words], { cwd: projectFolder, env, stdio: "inherit" });
  const [code] = await once(child, "close");
  return Number(code ?? 1);
}

async function mustSucceed(lab: Lab, ...words: readonly string[]): Promise<void> {
  const code = await pulumi(lab, ...words);
  if (code !== 0) throw new LabError(`npx pulumi ${words[0]} ended with ${code}; see its output above.`);
}

async function demo(lab: Lab): Promise<void> {
  heading("A cluster: two MySQL servers that replicate to each other, three gateway hosts, an sshd on each");
  await lab.wipe();
  await lab.up();
  heading("The healthy pair is adopted: nothing on it is touched");
  await mustSucceed(lab, "up", "--yes", "--skip-preview", "--suppress-outputs");
  await lab.load("start", requestsPerSecond);

  heading("Under load, replication breaks: the same audit row with other contents on both sides");
  await lab.break("duplicate-key");
  heading("refresh: what is wrong");
  await mustSucceed(lab, "refresh", "--yes", "--skip-preview", "--suppress-outputs");
  await mustSucceed(lab, "stack", "output", "health", "--json");
  heading("preview: what would be done, and who would be overwritten");
  await mustSucceed(lab, "preview", "--suppress-outputs");
  heading("up: the repair, step by step");
  await mustSucceed(lab, "up", "--yes", "--skip-preview", "--suppress-outputs");
  heading("refresh again, as a monitor runs it: exit code 0 when clean, 7 on drift");
  await mustSucceed(lab, "refresh", "--preview-only", "--expect-no-changes");

  heading("The proof, asked of both servers");
  await prove(lab);
}

/** Both sides have the same rows, and every row that a gateway was told is committed. */
async function prove(lab: Lab): Promise<void> {
  await lab.load("stop");
  await lab.gateways("stop"); // their heartbeats would go on writing
  await lab.caughtUp();
  const differing = await lab.lastingDifferences(20_000);
  if (differing.length > 0) throw new LabError(`the contents of the two sides differ: ${differing.join(", ")}`);
  const tables = Object.keys(await lab.checksums("primary")).length;
  process.stdout.write(`  ${tables} tables have the same checksum on both sides\n`);
  for (const side of ["primary", "secondary"] as const) {
    const missing = await lab.missingIds(side);
    if (missing.length > 0)
      throw new LabError(`${missing.length} committed rows are not on the ${side}: ${missing[0]} ...`);
    process.stdout.write(`  no committed row is missing on the ${side}\n`);
  }
}

const closing = `
What you saw: replication between two real servers broke under load; "pulumi refresh" found and named it, "pulumi
preview" told what would happen, "pulumi up" ran the vendor's procedure with every step proved, and no committed row
was lost.

On your own cluster:
  1. cp stacks/Pulumi.example.yaml stacks/Pulumi.<cluster>.yaml, and fill it in: every key is explained there
  2. npx pulumi stack init <cluster>
  3. npx pulumi preview     reads only: findings, plan, refusals
  4. npx pulumi up          adopts a healthy pair without touching it, or repairs a broken one
To practise first: "npm run lab -- help".
`;

const lab = openLab("demo", sayWithClock());
try {
  await demo(lab);
  process.stdout.write(closing);
  await lab.wipe();
} catch (error) {
  process.stderr.write(`\nThe demo did not come to its end: ${reasonOf(error)}\n`);
  if (!(error instanceof LabError || error instanceof SetupError)) console.error(error);
  process.exitCode = 1;
  await leaveDown();
}

/** The data stay, to be looked at. */
async function leaveDown(): Promise<void> {
  if (!existsSync(lab.folder)) return;
  await lab.down();
  const wipe = "npm run lab -- wipe --name demo";
  process.stderr.write(`The lab is down; its data stay in ${lab.folder} until the next demo, or "${wipe}".\n`);
}
