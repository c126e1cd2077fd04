export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** One line: min, median, max. */
export const formatted = (title: string, values: readonly number[]): string => {
  const [min, middle, max] = [Math.min(...values), median(values), Math.max(...values)].map((its) => its.toFixed(2));
  return `  ${title.padEnd(24)} min ${min}  median ${middle}  max ${max}  (${values.length} rounds)`;
};
