import type { Lab } from "../../lab/lab.ts";
import type { HostName } from "../../lab/record.ts";
import type { Journal } from "../../providers/runbook/journal.ts";
import type { RunningCommand } from "../support/pulumi.ts";
import type { Excuses } from "./invariants/all.ts";
import type { Point } from "./points.ts";

/**
 * What became of the run. stands: it was cut off where it was, or went on for a moment; undone: S0, as before; owed: it
 * could not undo all, and says so in its journal; halted: past the fence, which stays; finished: the pair is healthy.
 */
export type Reaction = "stands" | "undone" | "owed" | "halted" | "finished";

/** A run that has come to a point. */
export interface Strike {
  readonly lab: Lab;
  readonly point: Point;
  readonly up: RunningCommand;
}

/** One row of the fault matrix. */
export interface Fault {
  readonly name: string;
  /** Reactions that are right when it strikes there. */
  readonly expects: (point: Point) => readonly Reaction[];
  /** Where it makes sense; absent: everywhere. */
  readonly strikes?: (point: Point) => boolean;
  /** The run goes on while it is injected; else its process is stopped meanwhile, so that it happens at the very point. */
  readonly runsOn?: true;
  /** Nobody is left to say what happened. */
  readonly silences?: true;
  /** Words by which the operator knows what happened. */
  readonly says?: RegExp;
  /** What is told of the state is asked of a stack that knows nothing too, and stored; else it is only looked at. */
  readonly asksFully?: true;
  /** What cannot hold while the fault lasts, of which host. */
  readonly excuses?: Excuses;
  /** The host that it strikes, which a message about it must name; absent: it is nowhere in particular. */
  readonly at?: (point: Point) => HostName;
  /** Of the run that is struck. */
  readonly environment?: (lab: Lab) => NodeJS.ProcessEnv;
  /** Why this machine cannot do it; undefined: it can. */
  readonly impossible?: () => string | undefined | Promise<string | undefined>;
  /** It takes minutes, and nearly all of them are waiting: one lab is kept for those in `npm test`. */
  readonly waits?: true;
  /** Before the run is started. */
  readonly prepare?: (lab: Lab, point: Point) => Promise<void>;
  readonly inject: (strike: Strike) => Promise<void>;
  /** Why the run cannot have met it, by what it has left; undefined: it has. Absent: what is injected cannot be missed. */
  readonly missed?: (journal: Journal | undefined) => string | undefined;
  /** Puts right what the operator would put right before he runs it again. */
  readonly heal?: (lab: Lab) => Promise<void>;
  /** Words with which the next `up` may refuse, and what the operator then does. Absent: it has no reason to. */
  readonly mayRefuse?: { readonly says: RegExp; readonly byHand: (lab: Lab, told: string) => Promise<void> };
}

/** What a run can do that cannot ask one of the nodes, or write there: it takes no undo, and that side's journal stays open. */
export const asFarAsReachable = ({ phase, step }: Point): readonly Reaction[] => {
  if (step === "verify") return ["stands", "finished", "halted"];
  return phase === "early" ? ["undone", "owed"] : phase === "edge" ? ["undone", "owed", "halted"] : ["halted"];
};

/** Of a donor that cannot be asked: it is not proved whole, so nobody is served from it, and the guards stay. */
export const unseenDonor: Excuses = { primary: [4, 5, 7, 11, 12], secondary: [4, 7, 12], processing: [4, 7, 12] };

/** What is right for one who is told of the fault: undo before the fence, halt after it. */
export const undoOrHalt = ({ phase }: Point): readonly Reaction[] =>
  phase === "early" ? ["undone"] : phase === "edge" ? ["undone", "halted"] : ["halted"];
