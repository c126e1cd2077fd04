import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openLab } from "../lab/lab.ts";
import { projectFolder } from "../tools/pins.ts";
import { cpuSeconds } from "./cpu-seconds.ts";
import { formatted, median } from "./numbers.ts";

/**
 * `npm run bench:no-op -- [--rounds 5]`: CPU seconds of a `pulumi up` that changes nothing, with the real program and
 * with the same program with an empty dynamic resource, side by side on one lab. Exit 1 when the median
 * of the differences is over the limit.
 */
const differenceSecondsMax = 1;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);
const lab = openLab("bench-no-op", (line) => process.stderr.write(`${line}\n`));

const settings = join(projectFolder, "stacks", `Pulumi.${lab.stack}.yaml`);
const real = { title: "the real program", folder: projectFolder, stack: lab.stack };
const empty = {
  title: "with an empty resource",
  folder: join(projectFolder, "bench/empty-resource"),
  stack: `${lab.stack}-empty`,
};

const pulumi = (program: typeof real, ...words: string[]): Promise<number> => {
  const cli = [process.execPath, join(projectFolder, "node_modules/pulumi/run.js")];
  const env = { ...lab.environment(), PULUMI_STACK: program.stack };
  return cpuSeconds([...cli, ...words, "--non-interactive"], program.folder, env);
};
const up = (program: typeof real, ...words: string[]): Promise<number> =>
  pulumi(program, "up", "--yes", "--config-file", settings, ...words);

async function measure(): Promise<{ real: number[]; empty: number[] }> {
  const seconds = { real: [] as number[], empty: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    seconds.real.push(await up(real, "--expect-no-changes"));
    seconds.empty.push(await up(empty, "--expect-no-changes"));
    process.stdout.write(
      `round ${round} of ${rounds}: ${seconds.real.at(-1)?.toFixed(2)} s, empty ${seconds.empty.at(-1)?.toFixed(2)} s\n`,
    );
  }
  return seconds;
}

try {
  await lab.up({ profile: "layer7-gateway" });
  await pulumi(empty, "stack", "select", "--create", empty.stack);
  // Adopts the pair and warms every cache; after this nothing is left to do.
  for (const program of [real, empty]) await up(program);
  const seconds = await measure();
  // By round: what else the machine does changes from one minute to the next.
  const differences = seconds.real.map((its, index) => its - (seconds.empty[index] ?? Number.NaN));
  process.stdout.write(
    [
      "CPU seconds of an up that changes nothing (preview and update)",
      formatted(real.title, seconds.real),
      formatted(empty.title, seconds.empty),
      formatted("difference", differences),
      `allowed median of the difference: ${differenceSecondsMax} s`,
      "",
    ].join("\n"),
  );
  process.exitCode = median(differences) <= differenceSecondsMax ? 0 : 1;
} finally {
  await lab.wipe();
  await rm(join(empty.folder, `Pulumi.${empty.stack}.yaml`), { force: true });
}
