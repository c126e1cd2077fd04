import { isConnectionError } from "./connect.ts";
import { type Driver, type DriverOptions, type Live, openDriver } from "./driver.ts";

export type Row = Record<string, unknown>;

export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** host:port */
  readonly database: string;
}

/** One of a gateway's few sessions. Its users take turns; a lost connection is made again at the next turn. */
export interface Session {
  use<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Ends the session after the turns that were asked for. */
  close(): Promise<void>;
}

export function openSession(options: DriverOptions): Session {
  const driver = openDriver(options);
  let turns: Promise<unknown> = Promise.resolve();
  const takeTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = turns.then(work);
    turns = turn.catch(() => {});
    return turn;
  };
  return {
    use: (work) => takeTurn(async () => work(sqlOn(await driver.ready(), driver, options.timing.statementTimeoutMs))),
    close: () => takeTurn(driver.end),
  };
}

const sqlOn = (live: Live, driver: Driver, timeoutMs: number): Sql => ({
  database: live.database,
  query: async (text, values = []) => {
    live.statements += 1;
    try {
      const [rows] = await live.connection.query({ sql: text, values: [...values], timeout: timeoutMs });
      return Array.isArray(rows) ? (rows as Row[]) : [];
    } catch (error) {
      if (isConnectionError(error)) driver.drop(live);
      throw error;
    }
  },
});
