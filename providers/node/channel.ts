import type { Duplex, Readable } from "node:stream";

/** How a channel's program ended, as the host told it. */
export interface ChannelEnd {
  /** undefined: it told nothing; the connection was lost. */
  readonly exit?: { readonly code: number | null; readonly signal: string | undefined } | undefined;
}

/** A channel that runs a command: stdin is written, stdout read. */
export interface Channel extends Duplex {
  readonly stderr: Readable;
  readonly ended: Promise<ChannelEnd>;
}

/** To be called when the channel opens: a program that ends at once is told of in the same packet. */
export const endOf = (channel: Duplex): Promise<ChannelEnd> =>
  new Promise((resolve) => {
    let exit: ChannelEnd["exit"];
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code, signal };
    });
    channel.on("close", () => resolve({ exit }));
  });
