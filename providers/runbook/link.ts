import { SafetyError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import type { LogPosition } from "../mysql/position.ts";
import type { Node } from "../node/node.ts";
import { poll } from "../node/poll.ts";
import { positionOf, replicaOf, usesGtid } from "./replica.ts";
import type { Context } from "./step.ts";

const STATEMENT_MS = 30_000;
const CONNECT_MS = 60_000;

export interface Link {
  readonly replica: Node;
  readonly source: Node;
  /** Where to read from; with GTID the servers find it themselves. */
  readonly from: LogPosition;
}

export const linkName = ({ replica, source }: Pick<Link, "replica" | "source">): string =>
  `${replica.host.name} <- ${source.host.name}`;

/** Points the replica at its source with this run's account, starts both threads and waits until both run. */
export const startLink = async (context: Context, link: Link): Promise<void> => {
  const { replica, source } = link;
  const { host, port } = source.host.replication;
  const settings = {
    ...{ host, port, user: context.facts.replicationAccount ?? "", password: context.accountPassword },
    bindAddress: replica.host.replication.bindAddress,
    start: (await usesGtid(replica)) ? ("gtid" as const) : { file: link.from.file, offset: link.from.offset },
  };
  const { dialect } = replica;
  for (const statement of [dialect.stopReplica(), dialect.resetReplicaAll(), dialect.setSource(settings), dialect.startReplica()])
    await replica.query(statement, STATEMENT_MS);
  await untilRunning(link);
};

export const untilRunning = async (link: Pick<Link, "replica" | "source">): Promise<void> => {
  await poll(
    {
      waitingFor: `both threads of ${linkName(link)} to run`,
      limitMs: CONNECT_MS,
      intervalMs: 250,
      node: link.replica.host.name,
      next: "look at the server's error log there, then run pulumi up again",
    },
    async () => {
      const status = await replicaOf(link.replica);
      const fault = status?.io.fault ?? status?.sql.fault;
      if (fault && status?.io.state === "stopped")
        throw new SafetyError(`${linkName(link)} does not start: ${fault.code} ${fault.message}`, { node: link.replica.host.name });
      return status?.io.state === "running" && status.sql.state === "running" ? true : undefined;
    },
  );
};

const CATCH_UP_SECONDS = 600;

/** The replica has executed everything that its source had when this was called, and shows no lag. */
export const untilCaughtUp = async ({ replica, source }: Pick<Link, "replica" | "source">): Promise<void> => {
  const gtid = await usesGtid(replica);
  const target = await positionOf(source);
  const wait = replica.dialect.waitFor(target, gtid, CATCH_UP_SECONDS);
  const rows = await replica.query<Row>(wait, (CATCH_UP_SECONDS + 30) * 1000);
  const outcome = replica.dialect.readWait(rows, gtid);
  if (outcome === "reached") return;
  throw new SafetyError(`${linkName({ replica, source })} did not catch up within ${CATCH_UP_SECONDS} s: ${outcome}`, {
    node: replica.host.name,
    next: "run npx pulumi refresh: it names the cause",
  });
};
