/** Does one after the other, also when an earlier one fails; then throws the first failure. For what must not be left out. */
export const each = async (works: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const work of works) await work().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
};
