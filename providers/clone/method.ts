import type { Job } from "../node/job.ts";
import type { Node } from "../node/node.ts";
import type { Tell } from "./run-job.ts";

export interface CloneRequest {
  readonly donor: Node;
  readonly recipient: Node;
  readonly runId: string;
  /** Account on the donor that may read everything, for the recipient's address. */
  readonly account: { readonly user: string; readonly password: string };
  readonly expectedBytes: number;
  readonly limitSeconds: number;
  readonly tell: Tell;
  /** Called when the donor may be written to again: the copy is of an instant that is past. */
  readonly begun: () => Promise<void>;
}

export interface Cloned {
  readonly bytes: number;
  readonly seconds: number;
  readonly tables: number;
}

/** A way to make the recipient's user schemas equal to the donor's, unlogged. Half-done work is begun from zero. */
export interface CloneMethod {
  readonly id: string;
  readonly title: string;
  /** A clone of this run is being made now. */
  isAlive(recipient: Node, runId: string): Promise<boolean>;
  /** The clone that an earlier attempt began, if it is alive or has done its work. */
  earlier(recipient: Node, runId: string): Promise<Job | undefined>;
  /** Forgets an earlier clone and drops the recipient's user schemas, asking before each: `run` then begins from zero. */
  empty(recipient: Node, run: { readonly runId: string; assertOurs(): Promise<void> }): Promise<void>;
  /** On an emptied recipient, or from where an earlier job is. What it did is kept until `forget`. */
  run(request: CloneRequest, earlier?: Job): Promise<Cloned>;
  forget(recipient: Node, runId: string): Promise<void>;
}
