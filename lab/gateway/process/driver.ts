import type { Connection } from "mysql2/promise";
import type { DatabaseAddress, GatewayTiming } from "../options.ts";
import { type Connect, databaseText, isConnectionError } from "./connect.ts";
import { attemptOrder, shouldFailBack } from "./failover.ts";

/** A connection, and what decides when its session goes back to the first database. */
export interface Live {
  readonly connection: Connection;
  /** Place of its database in the failover order. */
  readonly index: number;
  readonly database: string;
  sinceMs: number;
  statements: number;
}

export interface Driver {
  /** The connection to use now: the one there is, the first database again, or the next one that takes us. */
  ready(): Promise<Live>;
  /** The connection is lost. */
  drop(gone: Live): void;
  end(): Promise<void>;
}

export interface DriverOptions {
  readonly connect: Connect;
  /** In failover order. */
  readonly databases: readonly DatabaseAddress[];
  readonly timing: GatewayTiming;
  /** Told each time when the session uses another connection. */
  readonly moved: (database: string) => void;
}

/** One session's way to its databases, with the habits of the JDBC driver: failover only when a connection fails. */
export function openDriver({ connect, databases, timing, moved }: DriverOptions): Driver {
  let live: Live | undefined;
  let lost: number | undefined;

  const connectTo = async (index: number): Promise<Live> => {
    const address = databases[index] as DatabaseAddress;
    const database = databaseText(address);
    const connection = await connect(address);
    lost = undefined;
    moved(database);
    return { connection, index, database, sinceMs: Date.now(), statements: 0 };
  };

  const connectInOrder = async (): Promise<Live> => {
    let reason: unknown;
    for (const index of attemptOrder(lost, databases.length))
      try {
        return await connectTo(index);
      } catch (error) {
        reason = error;
        if (!isConnectionError(error)) break;
      }
    lost = undefined;
    throw reason;
  };

  const failBack = async (away: Live): Promise<Live> => {
    try {
      const first = await connectTo(0);
      away.connection.destroy();
      return first;
    } catch {
      away.sinceMs = Date.now();
      away.statements = 0;
      return away;
    }
  };

  return {
    ready: async () => {
      if (live && shouldFailBack(live, Date.now(), timing)) live = await failBack(live);
      live ??= await connectInOrder();
      return live;
    },
    drop: (gone) => {
      gone.connection.destroy();
      if (live === gone) live = undefined;
      lost = gone.index;
    },
    end: async () => {
      await live?.connection.end().catch(() => {});
      live = undefined;
    },
  };
}
