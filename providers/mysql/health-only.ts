import { SafetyError } from "../errors.ts";
import type { Dialect } from "./dialect.ts";

/** The verbs of a repair. */
type RepairVerb =
  | ("resetReplicaAll" | "resetLogs" | "setSource" | "seedGtid" | "fence" | "forbidAutostart" | "allowAutostart")
  | ("allowLoad" | "refuseLogins" | "liftLoginRefusal" | "liftReadOnly" | "holdWrites" | "releaseWrites")
  | ("createReplicationAccount" | "dropAccount" | "alterEvent");

/** For servers that can be watched but not repaired: every verb that would change something refuses, with the reason. */
export const healthOnly = (server: string): Pick<Dialect, RepairVerb | "repairable"> => {
  const refuse = (): never => {
    throw new SafetyError(
      `${server} can be watched but not repaired: it cannot keep a fence over a restart without a change of its option file (no SET PERSIST)`,
      { next: "repair this pair by hand, or upgrade both servers to MySQL 8.0.24 or later" },
    );
  };
  return {
    repairable: false,
    ...{ resetReplicaAll: refuse, resetLogs: refuse, setSource: refuse, seedGtid: refuse },
    ...{ fence: refuse, forbidAutostart: refuse, allowAutostart: refuse, allowLoad: refuse },
    ...{ refuseLogins: refuse, liftLoginRefusal: refuse, liftReadOnly: refuse },
    ...{ holdWrites: refuse, releaseWrites: refuse },
    ...{ createReplicationAccount: refuse, dropAccount: refuse, alterEvent: refuse },
  };
};
