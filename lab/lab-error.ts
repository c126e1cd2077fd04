/** Something that the person at the keyboard can act on: printed without a stack trace. */
export class LabError extends Error {
  override readonly name = "LabError";
}

/** A flavour or tool that this machine cannot have, with the reason. */
export class NotToBeHad extends LabError {}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
