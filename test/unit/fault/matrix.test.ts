import assert from "node:assert/strict";
import { faults } from "../../fault/faults/all.ts";
import { type Cell, diagonal, fullMatrix, randomKills, shardOf } from "../../fault/matrix.ts";
import { points } from "../../fault/points.ts";

const names = (cells: readonly Cell[]): string[] => cells.map(({ fault, point }) => `${fault.name} at ${point.name}`);

describe("which cells of the fault matrix are run", () => {
  it("every fault has a name of its own and a point where it makes sense", () => {
    assert.equal(new Set(faults.map(({ name }) => name)).size, faults.length);
    for (const fault of faults) assert.ok(fullMatrix.some((cell) => cell.fault === fault));
  });

  for (const seed of [0, 1, 7, 2917])
    it(`the choice of seed ${seed} has each fault and each point, and nothing twice`, () => {
      const cells = diagonal(seed);
      for (const fault of faults) assert.ok(cells.some((cell) => cell.fault === fault));
      for (const point of points) assert.ok(cells.some((cell) => cell.point === point));
      assert.equal(new Set(names(cells)).size, cells.length);
      for (const name of names(cells)) assert.ok(names(fullMatrix).includes(name));
    });

  it("another seed, another choice", () => {
    assert.notDeepEqual(names(diagonal(1)), names(diagonal(2)));
  });

  it("shards add up to the whole", () => {
    const shards = [1, 2, 3, 4, 5, 6].flatMap((number) => shardOf(fullMatrix, { number, of: 6 }));
    assert.deepEqual(names(shards).sort(), names(fullMatrix).sort());
  });

  it("random instants follow from the seed", () => {
    assert.deepEqual(names(randomKills(5, 20)), names(randomKills(5, 20)));
    assert.notDeepEqual(names(randomKills(5, 20)), names(randomKills(6, 20)));
  });
});
