/** Something that this machine lacks, told so that a person can act on it. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; what failed stands in the cause.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};
