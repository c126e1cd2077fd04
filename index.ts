import * as pulumi from "@pulumi/pulumi";
import { readConfig } from "./stacks/config.ts";
import { GatewayCluster } from "./stacks/gateway-cluster.ts";

const cluster = new GatewayCluster(pulumi.getStack(), readConfig(pulumi.runtime.allConfig()));

/** { state, findings }: findings name the link, the cause and the remedy. */
export const health = cluster.health;
/** The last repair: remedy, steps, times, backup file. */
export const lastRun = cluster.lastRun;
