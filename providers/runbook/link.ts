import { SafetyError, SqlError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import { type Coordinates, type LogPosition, sameCoordinates } from "../mysql/position.ts";
import type { ReplicaStatus, Thread } from "../mysql/replica-status.ts";
import { replicationAccount } from "../mysql/run-accounts.ts";
import type { Node } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { positionOf, replicaOf, usesGtid } from "./replica.ts";
import type { Context } from "./step.ts";

const STATEMENT_MS = 30_000;
const CONNECT_MS = 60_000;
const REFRESH = "npx pulumi refresh: it names the cause and the remedy";

export interface Link {
  readonly replica: Node;
  readonly source: Node;
  /** Where to read from; with GTID the servers find it themselves. */
  readonly from: LogPosition;
}

export type Ends = Pick<Link, "replica" | "source">;

export const linkName = ({ replica, source }: Ends): string => `${replica.host.name} <- ${source.host.name}`;

type Run = Pick<Context, "runId" | "accountPassword"> & { readonly tls?: boolean | undefined };

/** Points a replica that knows no source at the beginning, with this run's account, and waits until both threads run. */
export const startLink = async (run: Run, link: Link): Promise<void> => {
  const { dialect } = link.replica;
  await link.replica.query(dialect.stopReplica(), STATEMENT_MS);
  await link.replica.query(dialect.resetReplicaAll(), STATEMENT_MS);
  await point(run, link, link.from);
  await resumeLink(link);
};

/** The same link with this run's account: it goes on where its applier stands, nothing is applied twice. */
export const repointLink = async (run: Run, link: Ends): Promise<void> => {
  const { replica } = link;
  await replica.query(replica.dialect.stopReplica(), STATEMENT_MS);
  const before = await replicaOf(replica);
  if (!before?.executed.file && !(await usesGtid(replica)))
    throw new SafetyError("it has no position in its source's log to go on from", {
      node: replica.host.name,
      next: "allow the remedy reinitialise (replication-pair:policy.remedies), then run npx pulumi up again",
    });
  const from = before?.executed ?? { file: "", offset: 4 };
  await point(run, link, from, before?.tls).catch(async (error: unknown) => {
    // 1872: its relay log is gone, and an 8.0 server takes no CHANGE until the rest is forgotten too.
    if (!(error instanceof SqlError) || error.code !== 1872) throw error;
    await replica.query(replica.dialect.resetReplicaAll(), STATEMENT_MS);
    await point(run, link, from, before?.tls);
  });
  await resumeLink(link);
};

/** A link that was encrypted stays so: 8.0 would not do it by itself. */
const point = async (run: Run, { replica, source }: Ends, from: Coordinates, tls = run.tls): Promise<void> => {
  const { host, port } = source.host.replication;
  const settings = {
    ...{ host, port, user: replicationAccount(run.runId), password: run.accountPassword },
    ...(tls ? { tls } : {}),
    bindAddress: replica.host.replication.bindAddress,
    start: (await usesGtid(replica)) ? ("gtid" as const) : { file: from.file, offset: from.offset },
  };
  await replica.query(replica.dialect.setSource(settings), STATEMENT_MS);
};

/** Starts both threads of a link that knows its source, and waits until they run. */
export const resumeLink = async (link: Ends): Promise<void> => {
  await link.replica.query(link.replica.dialect.startReplica(), STATEMENT_MS);
  await untilRunning(link);
};

export const untilRunning = async (link: Ends): Promise<void> => {
  const node = link.replica.host.name;
  let seen = "no status";
  await poll(
    {
      ...{ waitingFor: `both threads of ${linkName(link)} to run`, limitMs: CONNECT_MS, intervalMs: 250, node },
      next: REFRESH,
    },
    async () => {
      const status = await replicaOf(link.replica);
      assertNotGivenUp(link, [status?.io, status?.sql]);
      seen = threadsText(status);
      return status?.io.state === "running" && status.sql.state === "running" ? true : undefined;
    },
    () => seen,
  );
};

const CATCH_UP_MS = 600_000;
/** With GTID the server waits on although its applier is dead: it is looked at in between. */
const SLICE_SECONDS = 2;

export interface CatchUp {
  /** Absent: all that the source has when the wait begins. */
  readonly target?: LogPosition;
  readonly limitMs?: number;
}

/**
 * The replica has executed the target. SafetyError as soon as its applier has given up, or its receiver when all that it
 * has fetched is applied; LimitError at the limit.
 */
export const untilCaughtUp = async (link: Ends, { target, limitMs = CATCH_UP_MS }: CatchUp = {}): Promise<void> => {
  const { replica } = link;
  const place = target ?? (await positionOf(link.source));
  const gtid = place.gtid !== undefined;
  const where = { node: replica.host.name, next: REFRESH };
  let seen = "";
  await poll(
    { waitingFor: `${linkName(link)} to catch up`, limitMs, intervalMs: 100, ...where },
    async () => {
      const rows = await replica.query<Row>(replica.dialect.waitFor(place, gtid, SLICE_SECONDS), STATEMENT_MS);
      if (replica.dialect.readWait(rows, gtid) === "reached") return true;
      const status = await replicaOf(replica);
      seen = threadsText(status);
      const isDrained = status && sameCoordinates(status.received, status.executed);
      assertNotGivenUp(link, isDrained ? [status.io, status.sql] : [status?.sql]);
      if (status?.sql.state === "running") return undefined;
      throw new SafetyError(`${linkName(link)} cannot catch up: its applier was stopped`, where);
    },
    () => seen,
  );
};

/** A thread that stopped with an error does not come back by itself: its words end the wait. */
const assertNotGivenUp = (link: Ends, threads: readonly (Thread | undefined)[]): void => {
  const fault = threads.find((thread) => thread?.state === "stopped" && thread.fault)?.fault;
  if (fault)
    throw new SafetyError(`${linkName(link)} does not run: ${fault.code} ${fault.message}`, {
      node: link.replica.host.name,
      next: REFRESH,
    });
};

const threadsText = (status: ReplicaStatus | undefined): string =>
  `receiver ${status?.io.state}, applier ${status?.sql.state} ${status?.io.fault?.message ?? ""}`;
