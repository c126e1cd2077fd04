import type { Fault } from "../mysql/replica-status.ts";
import { type Cause, causeOf } from "./cause.ts";
import { ifItCanGoOn } from "./continuity.ts";
import type { Finding } from "./finding.ts";
import { type LinkView, linkFinding } from "./link-view.ts";
import { networkNumbers, receiverCauses } from "./receiver-causes.ts";
import { faultText } from "./server-words.ts";

/** Why the receiver does not run. */
export const linkReceiver = (view: LinkView): readonly Finding[] => {
  const io = view.status?.io;
  if (!io || io.state === "running") return [];
  if (io.fault) return networkNumbers.includes(io.fault.code) ? network(view, io.fault) : [known(view, io.fault)];
  if (io.state === "stopped") return [];
  return [
    linkFinding(view, {
      code: "connecting",
      what: "the receiver is connecting",
      severity: "degraded",
      evidence: io.activity || "no error yet",
      remedy: "wait",
      advice: "look again in a minute",
    }),
  ];
};

const known = (view: LinkView, fault: Fault): Finding => {
  const cause = causeOf(fault, receiverCauses) ?? unrecognised(fault);
  return linkFinding(view, {
    code: cause.code,
    what: cause.what,
    evidence: [evidenceOf(view, fault), ...(cause.code === "event-too-large" ? [packetText(view)] : [])].join("; "),
    ...ifItCanGoOn(view, cause),
  });
};

/** Nothing is done on an error that nobody understood. */
const unrecognised = ({ code }: Fault): Cause => ({
  code: "receiver-error-unrecognised",
  what: `the receiver stopped with an unrecognised error ${code}`,
  remedy: "none",
  advice:
    "read the server's words and its error log; where a fresh copy is the answer, change replication-pair:triggers",
});

/** Nobody answers at the address that the replica calls. */
const network = (view: LinkView, fault: Fault): readonly Finding[] => {
  const { status, address, sourceNode } = view;
  const stopped = status?.io.state === "stopped";
  const down = !sourceNode.reachable && sourceNode.code === "server-down";
  const elsewhere = status !== undefined && (status.sourceHost !== address.host || status.sourcePort !== address.port);
  if (elsewhere && !down) return [wrongAddress(view, fault)];
  // The source's own finding says it all, and a receiver that still tries comes back by itself.
  if (down && !stopped) return [];
  return [stopped ? gaveUp(view, fault) : unreachable(view, fault)];
};

const wrongAddress = (view: LinkView, fault: Fault): Finding =>
  linkFinding(view, {
    code: "wrong-source-address",
    what: "the replica calls an address where its source is not",
    evidence: evidenceOf(view, fault),
    ...ifItCanGoOn(view, {
      remedy: "repoint",
      advice: `it is pointed at ${view.address.host}:${view.address.port} and goes on from where its applier stands`,
    }),
  });

const gaveUp = (view: LinkView, fault: Fault): Finding =>
  linkFinding(view, {
    code: "gave-up-connecting",
    what: "the receiver could not connect to its source and has given up for good",
    evidence: evidenceOf(view, fault),
    ...ifItCanGoOn(view, {
      remedy: "start-threads",
      advice: "once the source can be reached a start of the threads is enough",
    }),
  });

const unreachable = (view: LinkView, fault: Fault): Finding =>
  linkFinding(view, {
    code: "source-unreachable",
    what: "the replica cannot reach its source",
    evidence: evidenceOf(view, fault),
    remedy: "wait",
    advice: view.source
      ? "the source answers us but not its replica: look at the network, the name and the firewall between the two nodes; the replica tries again by itself"
      : "bring the source back; the replica tries again by itself",
  });

const evidenceOf = ({ status, address }: LinkView, fault: Fault): string =>
  `${faultText(fault)}; receiver ${status?.io.state}, source ${status?.sourceUser}@${status?.sourceHost}:${status?.sourcePort}, configured ${address.host}:${address.port}`;

const packetText = ({ replica, source }: LinkView): string => {
  const { replica_max_allowed_packet: now, slave_max_allowed_packet: older } = replica.variables;
  return `replica_max_allowed_packet ${now ?? older ?? "unknown"}, the source's max_allowed_packet ${source?.variables.max_allowed_packet ?? "unknown"}`;
};
