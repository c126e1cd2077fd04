import { LimitError, UnreachableError } from "../errors.ts";
import { poll } from "./poll.ts";
import type { Link } from "./ssh.ts";

const RECONNECT_MS = 3_000;

/** One connection that is made at its first use, and anew at the next use after it was lost. */
export interface KeptLink {
  connected(): Promise<Link>;
  close(): Promise<void>;
}

/**
 * A host that did not answer is not asked again for as long as that took: else each of the many things that an undo asks
 * of it would wait anew, and the hosts that do answer would wait with it.
 */
interface Down {
  readonly error: unknown;
  /** Of performance.now(). */
  readonly untilMs: number;
}

export const keepLink = (name: string, open: () => Promise<Link>): KeptLink => {
  let link: Promise<Link> | undefined;
  let down: Down | undefined;
  let closed = false;
  return {
    connected() {
      if (closed) return Promise.reject(new UnreachableError(`${name}: the shell was closed`, { node: name }));
      if (link) return link;
      if (down && performance.now() < down.untilMs) return Promise.reject(down.error);
      const beganMs = performance.now();
      const opening = reconnect(open).catch((error: unknown) => {
        const untilMs = 2 * performance.now() - beganMs;
        down = { error: askedAgain(error, untilMs), untilMs };
        throw down.error;
      });
      const forget = (): void => {
        if (link === opening) link = undefined;
      };
      link = opening;
      opening.then((live) => live.onLost(forget), forget);
      return opening;
    },
    async close() {
      closed = true;
      await (await link?.catch(() => undefined))?.close();
    },
  };
};

/** Tells who tries again when that is of use. */
const askedAgain = (error: unknown, askedAgainAtMs: number): unknown => {
  if (!(error instanceof UnreachableError)) return error;
  const { message, node, next, retryable, cause } = error;
  return new UnreachableError(message, {
    ...(node !== undefined && { node }),
    ...(next !== undefined && { next }),
    ...{ retryable, askedAgainAtMs, cause },
  });
};

/** A host that restarts its sshd refuses for a moment; everything that no second try can mend is told at once. */
const reconnect = async (open: () => Promise<Link>): Promise<Link> => {
  let last: unknown;
  try {
    return await poll({ waitingFor: "an SSH connection", limitMs: RECONNECT_MS, intervalMs: 500 }, async () => {
      try {
        return await open();
      } catch (error) {
        if (!(error instanceof UnreachableError) || !error.retryable) throw error;
        last = error;
        return undefined;
      }
    });
  } catch (error) {
    throw error instanceof LimitError ? last : error;
  }
};
