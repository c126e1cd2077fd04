import type { Contents, TableDifference } from "../observe/observation.ts";

const SHOWN_MAX = 10;

/** "ssg.policy: 2 only on primary, 1 changed (AB12..); ..." */
export const differenceText = ({ differences, skipped }: Contents): string => {
  const shown = differences.slice(0, SHOWN_MAX).map(tableText);
  const left = differences.length - shown.length;
  return [
    ...shown,
    ...(left > 0 ? [`and ${left} more tables`] : []),
    ...skipped.map(({ table, reason }) => `${table} was not compared: ${reason}`),
  ].join("; ");
};

const tableText = ({ schema, table, onlyOn, changed }: TableDifference): string => {
  const parts = [
    ...(["primary", "secondary"] as const)
      .filter((side) => onlyOn[side].count > 0)
      .map((side) => `${onlyOn[side].count} only on the ${side} (${keysText(onlyOn[side])})`),
    ...(changed.count > 0 ? [`${changed.count} changed (${keysText(changed)})`] : []),
  ];
  return `${schema}.${table}: ${parts.join(", ") || "differs"}`;
};

const keysText = ({ count, keys }: { readonly count: number; readonly keys: readonly string[] }): string =>
  [...keys.slice(0, 3), ...(count > Math.min(3, keys.length) ? ["..."] : [])].join(" ");
