import assert from "node:assert/strict";
import type { Flavour } from "../../lab/packages/software.ts";
import { openBench } from "./bench.ts";
import { type Cell, diagonal, randomKills } from "./matrix.ts";
import { addResult, type CellResult, cellName, table } from "./results.ts";

const RESULTS = ".fault/npm-test";
/** Always the same cells; others by `npm run test:fault -- --seed N`, all by `--all`. */
const SEED = 0;
const RANDOM_KILLS = 1;

/** The choice of the matrix that `npm test` runs, shared out between labs that mostly wait, and between the flavours. */
const chosen = [...diagonal(SEED), ...randomKills(SEED, RANDOM_KILLS)];
export const quickCells = chosen.filter(({ fault }) => !fault.waits);
export const waitingCells = chosen.filter(({ fault }) => fault.waits);

/** `name` is of its lab and of its results, which no other suite shares. */
export const faultSuite = (name: string, flavour: Flavour, cells: readonly Cell[]): Mocha.Suite =>
  describe(`faults on ${flavour}, ${name}, seed ${SEED}`, () => {
    const bench = openBench({ lab: `fault-${name}`, flavour });
    const results: CellResult[] = [];
    after(async () => {
      await bench.close();
      process.stdout.write(`\n${table(results)}\n`);
    });

    for (const cell of cells)
      it(`${cell.fault.name} at ${cell.point.name}`, async function () {
        const result = await bench.run(cell);
        results.push(result);
        await addResult(`${RESULTS}-${name}.json`, result);
        if (result.outcome === "not run") {
          process.stdout.write(`    NOT RUN: ${cellName(result)}: ${result.why}\n`);
          this.skip();
        }
        assert.deepEqual(result.violations, []);
      });

    it("has shown no password to anybody", async () => {
      assert.deepEqual(await bench.close(), []);
    });
  });
