import * as pulumi from "@pulumi/pulumi";
import { ReplicationPair } from "../../providers/replication-pair/index.ts";
import { readConfig } from "../../stacks/config.ts";
import { prepareNode } from "../../stacks/prepare-node.ts";

/** Does nothing: what is left is what the engine, the program and any dynamic resource cost. */
const empty: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => ({ id: "empty", outs: inputs }),
  diff: async () => ({ changes: false }),
};

class EmptyResource extends pulumi.dynamic.Resource {}

// As stacks/gateway-cluster.ts, with the pair replaced.
const settings = readConfig(pulumi.runtime.allConfig());
const config = new pulumi.Config();
const keys = {
  privateKey: config.getSecret("sshPrivateKey"),
  privateKeyPassword: config.getSecret("sshPrivateKeyPassword"),
};
const { primary, secondary, processingNodes } = settings.checked;
const parent = new pulumi.ComponentResource("layer7:GatewayCluster", pulumi.getStack());
const hosts = settings.prepareNodes ? [primary, secondary, ...processingNodes] : [];
const prepared = hosts.map((host) => prepareNode({ host, ...keys }, parent));
new EmptyResource(empty, "pair", { pair: settings.pair }, { parent, dependsOn: prepared });

/** Named so that the real resource's module is loaded here as it is there. */
export const replaced = ReplicationPair.name;
