import { otherSide, type Side } from "../pair.ts";
import { rowKey } from "./row-key.ts";
import type { ComparedTable, SideShape } from "./table-rows.ts";
import type { TableShape } from "./table-shape.ts";

export type Shapes = Readonly<Record<Side, ReadonlyMap<string, TableShape>>>;

export interface MatchedTable extends ComparedTable {
  readonly name: string;
  /** The larger of both sides' estimates. */
  readonly rowsEstimate: number;
}

export interface TableChoice {
  /** Absent: all user schemas. */
  readonly schemas?: readonly string[] | undefined;
  /** "schema.table"; absent: all. */
  readonly tables?: readonly string[] | undefined;
}

/** Every table of either side, by name, with what can be compared of it. */
export const matchTables = (shapes: Shapes, { schemas, tables }: TableChoice): readonly MatchedTable[] =>
  [...new Set([...shapes.primary.keys(), ...shapes.secondary.keys()])]
    .sort()
    .map((name) => matchTable(name, shapes.primary.get(name), shapes.secondary.get(name)))
    .filter(({ schema, name }) => (schemas?.includes(schema) ?? true) && (tables?.includes(name) ?? true));

const matchTable = (name: string, primary?: TableShape, secondary?: TableShape): MatchedTable => {
  const shape = (primary ?? secondary) as TableShape;
  const { schema, table } = shape;
  const rowsEstimate = Math.max(primary?.rowsEstimate ?? 0, secondary?.rowsEstimate ?? 0);
  const found = { name, schema, table, rowsEstimate };
  if (!primary || !secondary) {
    const side = sideShape(shape, true);
    return { ...found, primary: side, secondary: side, missingOn: primary ? "secondary" : "primary" };
  }
  const keyed = sameKey(primary, secondary);
  const sides = { primary: sideShape(primary, keyed), secondary: sideShape(secondary, keyed) };
  return { ...found, ...sides, structure: structureText({ primary, secondary }) };
};

/** Without a key that both sides share a row is identified by all of its own columns. */
const sideShape = ({ columns, key }: TableShape, keyed: boolean): SideShape => ({
  columns,
  key: rowKey({ columns, key: keyed ? key : [] }),
});

/** A key that only one side has, or has otherwise, does not identify a row on both. */
const sameKey = (primary: TableShape, secondary: TableShape): boolean => {
  const parts = ({ columns, key }: TableShape): readonly string[] =>
    key.map((name) => `${name} ${columns.find((one) => one.name === name)?.definition}`);
  return parts(primary).join() === parts(secondary).join();
};

/** undefined: both sides define the same columns in the same order. */
const structureText = (shapes: Readonly<Record<Side, TableShape>>): string | undefined => {
  const lines = (side: Side): readonly string[] =>
    shapes[side].columns.map(({ name, definition }) => `${name} ${definition}`);
  const own = (side: Side): readonly string[] => lines(side).filter((line) => !lines(otherSide(side)).includes(line));
  const parts = (["primary", "secondary"] as const)
    .filter((side) => own(side).length > 0)
    .map((side) => `only on the ${side}: ${own(side).join(", ")}`);
  if (parts.length > 0) return parts.join("; ");
  return lines("primary").join() === lines("secondary").join() ? undefined : "the same columns in another order";
};
