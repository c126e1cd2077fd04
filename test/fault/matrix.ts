import type { Fault } from "./fault.ts";
import { faults } from "./faults/all.ts";
import { killAtRandom } from "./faults/kills.ts";
import { type Point, points, randomPoints } from "./points.ts";

export interface Cell {
  readonly fault: Fault;
  readonly point: Point;
}

const strikes = (fault: Fault, point: Point): boolean => fault.strikes?.(point) ?? true;

/** Every fault at every point where it makes sense. */
export const fullMatrix: readonly Cell[] = faults.flatMap((fault) =>
  points.filter((point) => strikes(fault, point)).map((point) => ({ fault, point })),
);

/**
 * Each fault and each point at least once, as few cells as that takes: a diagonal. Each fault takes the point that was
 * struck least so far, the nearest first from a place that moves on by one; points that are left take a fault in turn.
 */
export const diagonal = (seed: number): readonly Cell[] => {
  const cells: Cell[] = [];
  const struck = (point: Point): number => cells.filter((cell) => cell.point === point).length;
  faults.forEach((fault, index) => {
    const from = (seed + index) % points.length;
    const order = [...points.slice(from), ...points.slice(0, from)].filter((point) => strikes(fault, point));
    const [point] = order.toSorted((a, b) => struck(a) - struck(b));
    if (point) cells.push({ fault, point });
  });
  for (const [index, point] of points.entries()) {
    if (struck(point) > 0) continue;
    const able = faults.filter((fault) => strikes(fault, point));
    const fault = able[(seed + index) % able.length];
    if (fault) cells.push({ fault, point });
  }
  return cells;
};

export const randomKills = (seed: number, count: number): readonly Cell[] =>
  randomPoints(seed, count).map((point) => ({ fault: killAtRandom, point }));

/** Shard k of n: every n-th cell. All shards together are the whole. */
export const shardOf = (
  cells: readonly Cell[],
  shard: { readonly number: number; readonly of: number },
): readonly Cell[] => cells.filter((_, index) => index % shard.of === shard.number - 1);
