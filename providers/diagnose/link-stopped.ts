import { coordinatesText } from "../mysql/position.ts";
import { ifItCanGoOn } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { type LinkView, linkFinding } from "./link-view.ts";

/** Threads that stand still without any error: somebody stopped them, or a server started without them. */
export const linkStopped = (view: LinkView): readonly Finding[] => {
  const { status } = view;
  if (!status) return [];
  const receiver = status.io.state === "stopped" && !status.io.fault;
  const applier = status.sql.state === "stopped" && !status.sql.fault;
  if (!receiver && !applier) return [];
  return [
    linkFinding(view, {
      code: receiver && applier ? "threads-stopped" : receiver ? "receiver-stopped" : "applier-stopped",
      what: `${receiver && applier ? "receiver and applier are" : receiver ? "the receiver is" : "the applier is"} stopped without an error`,
      evidence: evidenceOf(view),
      ...ifItCanGoOn(view, { remedy: "start-threads", advice: adviceOf(view) }),
    }),
  ];
};

const evidenceOf = ({ status, replica }: LinkView): string =>
  [
    `receiver ${status?.io.state}, applier ${status?.sql.state}, no error`,
    `relay log ${status?.relayLogBytes} bytes`,
    ...(status ? [`executed ${coordinatesText(status.executed)}, received ${coordinatesText(status.received)}`] : []),
    ...replica.backupProcesses.map((process) => `a backup runs: ${process}`),
  ].join("; ");

const adviceOf = ({ replica }: LinkView): string =>
  replica.backupProcesses.length > 0
    ? "a backup runs on this node and may have stopped them on purpose: let it end, then a start is enough"
    : "a start of the threads is enough; find out who stopped them (or skip_replica_start after a restart)";
