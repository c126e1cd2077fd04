/** What happened and the next move; errors of ours carry the latter apart. */
export const errorText = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const next = (error as { next?: unknown } | null)?.next;
  return typeof next === "string" && next !== "" && !message.includes(next) ? `${message}\nnext: ${next}` : message;
};
