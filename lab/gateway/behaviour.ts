import { readControlFile, writeControlFile } from "./control-file.ts";
import { gatewayPaths } from "./paths.ts";

/**
 * Habits of a host's `service ssg`, good ones by default. The file is read at each call, and by a starting gateway.
 * `status` always speaks of the process controller alone.
 */
export interface Behaviour {
  /**
   * normal: both processes are gone when it returns. early: it returns at once, the gateway ends `stopSeconds` later.
   * slow: the gateway goes on for `stopSeconds`, then all is as normal. hang: it does nothing and does not return.
   * lie: it says stopped, and the gateway runs on.
   */
  readonly stop?: "normal" | "early" | "slow" | "hang" | "lie";
  readonly stopSeconds?: number;
  /** After each stop all is started again by itself, this much later. */
  readonly comeBackSeconds?: number;
  /** fail: the controller starts, the gateway ends at once, again and again. */
  readonly start?: "normal" | "fail";
  /** From the gateway's process to its open port. */
  readonly startSeconds?: number;
}

export const defaultStartSeconds = 0.5;

/** Replaces all habits; `{}` = good ones. */
export const setBehaviour = (hostFolder: string, behaviour: Behaviour): void =>
  writeControlFile(gatewayPaths(hostFolder).behaviour, behaviour);

export const readBehaviour = (hostFolder: string): Behaviour =>
  readControlFile<Behaviour>(gatewayPaths(hostFolder).behaviour) ?? {};
