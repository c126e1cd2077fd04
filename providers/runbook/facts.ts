import { SafetyError } from "../errors.ts";
import type { Facts } from "./step.ts";

/** A fact that an earlier step must have left in the journal. */
export const requireFact = <Key extends keyof Facts>(facts: Facts, key: Key): NonNullable<Facts[Key]> => {
  const fact = facts[key];
  if (fact === undefined) throw new SafetyError(`the journal lacks the fact "${key}"`, { next: "see docs/faults.md" });
  return fact;
};
