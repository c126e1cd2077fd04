import assert from "node:assert/strict";
import type { Flavour } from "../../lab/packages/software.ts";
import { openBench } from "./bench.ts";
import { diagonal, randomKills, shardOf } from "./matrix.ts";
import { addResult, type CellResult, cellName, table } from "./results.ts";

const RESULTS = ".fault/npm-test";
/** Always the same cells; others by `npm run test:fault -- --seed N`, all by `--all`. */
const SEED = 0;
const RANDOM_KILLS = 2;

/** The choice of the matrix that `npm test` runs, shared out between labs that mostly wait, and between the flavours. */
export const faultSuite = (flavour: Flavour, shard: { readonly number: number; readonly of: number }): Mocha.Suite =>
  describe(`faults on ${flavour}, shard ${shard.number} of ${shard.of}, seed ${SEED}`, function () {
    this.timeout(600_000);
    const bench = openBench({ lab: `fault-${shard.number}`, flavour, slow: false });
    const results: CellResult[] = [];
    after(async () => {
      await bench.close();
      process.stdout.write(`\n${table(results)}\n`);
    });

    for (const cell of shardOf([...diagonal(SEED), ...randomKills(SEED, RANDOM_KILLS)], shard))
      it(`${cell.fault.name} at ${cell.point.name}`, async function () {
        const result = await bench.run(cell);
        results.push(result);
        addResult(`${RESULTS}-${shard.number}.json`, result);
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
