import { parseArgs } from "node:util";
import { type Flavour, flavours } from "../../lab/packages/software.ts";
import { type Bench, openBench } from "./bench.ts";
import { type Cell, diagonal, fullMatrix, randomKills, shardOf } from "./matrix.ts";
import { addResult, cellName, readResults, table } from "./results.ts";

const usage = `The fault suite: a run of pulumi up is struck by a fault, and what it leaves is held against the invariants.

npm run test:fault                          each fault and each point at least once, on one flavour
npm run test:fault -- --all                 the whole matrix
npm run test:fault -- --fault X --point Y   of the whole matrix these; names by commas, either may be left out
npm run test:fault -- --random 20           runs that are killed at random instants
   --seed N          of the choice and of the instants (default 0)
   --shard 2/6       every sixth cell from the second; all shards together are the whole
   --flavour F       mysql-9.7 (default), mysql-8.0 or system
   --results FILE    one JSON file; a cell that has passed with the same code is not run again; shards may share it
   --lab NAME        of the lab that it makes and removes

npm test -- fault has more: the same cells shared out between labs and flavours, kills at random instants, and
runner-gone.test.ts, a runner that is stopped, killed or leaves, which is a test of its own and no cell.
`;

const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    shard: { type: "string", default: "1/1" },
    fault: { type: "string" },
    point: { type: "string" },
    random: { type: "string" },
    flavour: { type: "string", default: "mysql-9.7" },
    seed: { type: "string", default: "0" },
    results: { type: "string", default: ".fault/results.json" },
    lab: { type: "string", default: "fault" },
    help: { type: "boolean", default: false },
  },
});

const isNamed = (names: string | undefined, name: string): boolean => !names || names.split(",").includes(name);

const wantedCells = (): readonly Cell[] => {
  const seed = Number(values.seed);
  const cells = (): readonly Cell[] => {
    if (values.random) return randomKills(seed, Number(values.random));
    const named = fullMatrix.filter(
      ({ fault, point }) => isNamed(values.fault, fault.name) && isNamed(values.point, point.name),
    );
    return values.all || values.fault || values.point ? named : diagonal(seed);
  };
  const [number = 1, of = 1] = values.shard.split("/").map(Number);
  return shardOf(cells(), { number, of });
};

const runCells = async (bench: Bench, flavour: Flavour, cells: readonly Cell[]): Promise<void> => {
  for (const [index, { fault, point }] of cells.entries()) {
    const name = cellName({ fault: fault.name, point: point.name, flavour });
    const known = readResults(values.results).find((its) => cellName(its) === name);
    if (known?.outcome === "passed" && known.code && known.code === bench.code) continue;
    process.stdout.write(`${index + 1}/${cells.length} ${name}\n`);
    const result = await bench.run({ fault, point });
    await addResult(values.results, result);
    const { outcome, seconds, left, reaction, next, why } = result;
    process.stdout.write(`  ${outcome} in ${seconds} s: ${why ?? `left ${left} (${reaction}), then ${next}`}\n`);
    for (const violation of result.violations) process.stdout.write(`  ! ${violation}\n`);
  }
};

const main = async (): Promise<void> => {
  if (values.help) return void process.stdout.write(usage);
  const flavour = flavours.find((its) => its === values.flavour);
  if (!flavour) throw new Error(`--flavour is one of ${flavours.join(", ")}`);
  const cells = wantedCells();
  if (cells.length === 0) throw new Error("no cell has these names; --help shows how to name them");
  const bench = openBench({ lab: values.lab, flavour });
  let stopping = false;
  // A terminal's ^C comes twice: to the group, and from the loader's own parent.
  process.on("SIGINT", () => {
    if (stopping) return;
    stopping = true;
    void bench.close().finally(() => process.exit(130));
  });
  await runCells(bench, flavour, cells);
  const shown = await bench.close();
  for (const place of shown) process.stdout.write(`FAILED: a password was seen in ${place}\n`);
  const results = readResults(values.results).filter(({ fault, point, flavour: on }) =>
    cells.some((cell) => cell.fault.name === fault && cell.point.name === point && on === flavour),
  );
  const count = (outcome: string): number => results.filter((its) => its.outcome === outcome).length;
  const failed = count("failed") + (shown.length > 0 ? 1 : 0);
  const notRun = count("not run") > 0 ? `, ${count("not run")} not run` : "";
  process.stdout.write(`\n${table(results)}\n\n${count("passed")} passed, ${failed} failed${notRun}\n`);
  process.exitCode = failed > 0 || count("passed") === 0 ? 1 : 0;
};

await main();
