import type { UnequalTable } from "./look-again.ts";
import type { TableDifference } from "./observation.ts";
import { keyText } from "./row-key.ts";
import type { Tally } from "./tally.ts";

const keysShown = 20;

/** For people and for the decision whose data is kept: counts, and a few keys. */
export const tableDifference = ({ table, rows, tallies }: UnequalTable): TableDifference => {
  const { schema, table: name, missingOn, structure } = table;
  const shown = ({ count, kept }: Tally): TableDifference["changed"] => ({
    count,
    keys: kept.slice(0, keysShown).map(({ key }) => keyText(table.primary.key, key)),
  });
  return {
    ...{ schema, table: name, rows: { ...rows } },
    ...(missingOn && { missingOn }),
    ...(structure && { structure }),
    onlyOn: { primary: shown(tallies.primary), secondary: shown(tallies.secondary) },
    changed: shown(tallies.changed),
  };
};
