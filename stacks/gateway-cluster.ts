import * as pulumi from "@pulumi/pulumi";
import type { Health } from "../providers/diagnose/finding.ts";
import { ReplicationPair } from "../providers/replication-pair/index.ts";
import type { StackSettings } from "./config.ts";
import { prepareNode } from "./prepare-node.ts";

/** One cluster: its nodes prepared, its pair of databases observed and repaired. */
export class GatewayCluster extends pulumi.ComponentResource {
  readonly health: pulumi.Output<Health>;
  readonly lastRun: pulumi.Output<unknown>;

  constructor(name: string, settings: StackSettings, opts?: pulumi.ComponentResourceOptions) {
    super("layer7:GatewayCluster", name, {}, opts);
    const config = new pulumi.Config();
    const keys = {
      privateKey: config.getSecret("sshPrivateKey"),
      privateKeyPassword: config.getSecret("sshPrivateKeyPassword"),
    };
    const { primary, secondary, processingNodes } = settings.checked;
    const hosts = settings.prepareNodes ? [primary, secondary, ...processingNodes] : [];
    const prepared = hosts.map((host) => prepareNode({ host, ...keys }, this));
    const pair = new ReplicationPair("pair", { pair: settings.pair }, { parent: this, dependsOn: prepared });
    this.health = pair.health;
    this.lastRun = pair.lastRun;
    this.registerOutputs({ health: this.health, lastRun: this.lastRun });
  }
}
