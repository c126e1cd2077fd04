import * as pulumi from "@pulumi/pulumi";
import type { Health } from "../diagnose/finding.ts";
import type { PairInput } from "./inputs.ts";
import { shim } from "./shim.ts";

export interface ReplicationPairArgs {
  /** The pair as configured; see stacks/Pulumi.example.yaml. */
  readonly pair: pulumi.Input<PairInput>;
}

const TYPE = ["layer7", "ReplicationPair"] as const;

/**
 * Two MySQL servers that replicate to each other. `pulumi refresh` inspects both and reports a broken pair as drift;
 * `pulumi up` then runs the mildest remedy that policy allows. Creating it on a healthy pair adopts the pair and
 * touches nothing; destroying it forgets the pair and touches no data.
 */
export class ReplicationPair extends pulumi.dynamic.Resource {
  declare readonly health: pulumi.Output<Health>;
  declare readonly lastRun: pulumi.Output<unknown>;

  constructor(name: string, args: ReplicationPairArgs, opts: pulumi.CustomResourceOptions = {}) {
    // create is not told its own URN; lines need it to land on this resource's row. ("urn" is a reserved key.)
    const self = pulumi.createUrn(name, `pulumi-nodejs:dynamic/${TYPE.join(":")}`, opts.parent);
    // check reads dryRun and strips it: the provider is not told a preview from an update.
    const dryRun = pulumi.runtime.isDryRun();
    const outputs = { health: undefined, lastRun: undefined, observed: undefined };
    super(shim, name, { ...args, self, dryRun, ...outputs }, { ...opts, deleteBeforeReplace: true }, ...TYPE);
  }
}
