import type { Contents, TableDifference } from "../observe/observation.ts";

const SHOWN_MAX = 10;

/** Every table and object was compared and is equal. */
export const sameContents = ({ differences, objects = [], skipped }: Contents): boolean =>
  differences.length + objects.length + skipped.length === 0;

/** "ssg.policy: 2 only on primary, 1 changed (AB12..); ..." */
export const differenceText = ({ differences, objects = [], skipped }: Contents): string => {
  const shown = differences.slice(0, SHOWN_MAX).map(tableText);
  const left = differences.length - shown.length;
  return [
    ...shown,
    ...(left > 0 ? [`and ${left} more tables`] : []),
    ...objects.slice(0, SHOWN_MAX).map(({ kind, name, what }) => `${kind} ${name}: ${what}`),
    ...skipped.map(({ table, reason }) => `${table} was not compared: ${reason}`),
  ].join("; ");
};

const tableText = ({ schema, table, missingOn, structure, onlyOn, changed }: TableDifference): string => {
  const parts = [
    ...(missingOn ? [`missing on the ${missingOn}`] : []),
    ...(structure ? [structure] : []),
    ...(["primary", "secondary"] as const)
      .filter((side) => onlyOn[side].count > 0)
      .map((side) => `${onlyOn[side].count} only on the ${side} (${keysText(onlyOn[side])})`),
    ...(changed.count > 0 ? [`${changed.count} changed (${keysText(changed)})`] : []),
  ];
  return `${schema}.${table}: ${parts.join(", ") || "differs"}`;
};

const keysText = ({ count, keys }: { readonly count: number; readonly keys: readonly string[] }): string =>
  [...keys.slice(0, 3), ...(count > Math.min(3, keys.length) ? ["..."] : [])].join(" ");
