import { LabError, reasonOf } from "../lab-error.ts";
import type { Say } from "../say.ts";
import { mysql80 } from "./mysql-8.0.ts";
import { mysql97 } from "./mysql-9.7.ts";
import { type Flavour, flavours, type ServerSoftware } from "./software.ts";
import { systemServer } from "./system.ts";

const get: Record<Flavour, (say: Say) => Promise<ServerSoftware>> = {
  "mysql-9.7": mysql97,
  "mysql-8.0": mysql80,
  system: systemServer,
};

/** The software of a flavour. Throws with the reason when this machine cannot have it. */
export async function softwareOf(flavour: Flavour, say: Say): Promise<ServerSoftware> {
  try {
    return await get[flavour](say);
  } catch (error) {
    if (error instanceof LabError) throw new LabError(`${flavour} cannot be had: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The first flavour that this machine can have; what is skipped is said with its reason. */
export async function firstSoftware(say: Say): Promise<ServerSoftware> {
  const reasons: string[] = [];
  for (const flavour of flavours) {
    try {
      return await softwareOf(flavour, say);
    } catch (error) {
      reasons.push(reasonOf(error));
      say(`Skipped: ${reasonOf(error)}`);
    }
  }
  throw new LabError(`No MySQL server can be had on this machine:\n  ${reasons.join("\n  ")}`);
}
