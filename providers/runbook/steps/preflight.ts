import { enabledEvents } from "../../clone/events.ts";
import { SafetyError } from "../../errors.ts";
import type { Node, Shell } from "../../node/node.ts";
import { onBothSides } from "../../observe/both-sides.ts";
import type { NodeObservation, PairObservation } from "../../observe/observation.ts";
import { observePair } from "../../observe/observe.ts";
import { otherSide } from "../../pair.ts";
import type { Refusal } from "../../plan/plan.ts";
import { ownJobs, preflightRefusals } from "../../plan/preflight.ts";
import { insideWindow } from "../../plan/window.ts";
import { readFenceMarker } from "../fence-marker.ts";
import { fencePassers } from "../fence-passers.ts";
import { packetLimitOf } from "../packet-limit.ts";
import { isPastFence } from "../past-fence.ts";
import { persistedOn } from "../persisted.ts";
import {
  definersMissing,
  reachRefusals,
  spaceRefusals,
  tablesNotFrozen,
  toolRefusals,
  unloadable,
} from "../preflight-checks.ts";
import { accountsUnusable, longTransactions } from "../preflight-sessions.ts";
import { privilegesMissing, rightsToLoad } from "../privileges.ts";
import { jobsDie } from "../probe-job.ts";
import { readOnlyOf } from "../quiet.ts";
import { replicaOf, variable } from "../replica.ts";
import { readRunTrace } from "../run-trace.ts";
import { type Context, minutes, type Step } from "../step.ts";

/** Everything that can be known before anything is touched, in one go: all refusals at once. */
export const preflight: Step = {
  id: "preflight",
  timeoutMs: minutes(3),
  async run(context) {
    const { pair, donor, recipient, plan } = context;
    const observation = await observePair(pair, context.reach, { readRunTrace });
    const ours = ownJobs(observation) ? await ownUsers(context) : [];
    // One that an account lacks the right to make must not hide what the others found.
    const checks = await Promise.allSettled([
      toolRefusals(donor, donor),
      toolRefusals(recipient, donor),
      // The backup of an earlier attempt has its room already.
      context.facts.backup ? [] : spaceRefusals(donor, { folder: donor.host.backupFolder, dataBytes: plan.bytes }),
      spaceRefusals(recipient, { dataBytes: plan.bytes, freedBytes: bytesOf(observation[plan.recipient]) }),
      reachRefusals(donor, recipient),
      reachRefusals(recipient, donor),
      privilegesMissing(donor),
      rightsToLoad(donor, recipient).then((rights) => privilegesMissing(recipient, rights)),
      definersMissing(donor, recipient),
      unloadable(donor),
      fencePassers(recipient, pair.applicationAccounts),
      ...jobHosts(context, observation).map((shell) => jobsDie(context.reach, shell)),
      ...[donor, recipient].flatMap((node) => [
        accountsUnusable(node, pair.applicationAccounts),
        longTransactions(node, [...pair.applicationAccounts, ...ours]),
      ]),
    ]);
    const failed = checks.flatMap((check) => (check.status === "rejected" ? [check.reason] : []));
    // A connection that was lost is tried again.
    const passing = failed.find((reason) => reason.retryable);
    if (passing) throw passing;
    const found: readonly Refusal[] = [
      ...preflightRefusals(pair, observation, { donor: plan.donor, resumes: plan.resumes !== undefined }),
      ...windowRefusals(context),
      ...checks.flatMap((check) => (check.status === "fulfilled" ? check.value : [])),
    ];
    if (found.length > 0) throw new SafetyError(refusalText(found), { next: found[0]?.hint ?? "" });
    if (failed.length > 0) throw failed[0];
    const notFrozen = await tablesNotFrozen(donor);
    if (notFrozen.length > 0)
      await context.tell(
        `the backup will not be of one moment: not InnoDB are ${notFrozen.slice(0, 5).join(", ")}${notFrozen.length > 5 ? ", ..." : ""}`,
      );
    const running = observation.hosts.filter((host) => host.processes > 0).map((host) => host.name);
    const held = await heldByRun(context);
    return {
      // What was started since an earlier attempt runs afterwards too.
      gatewaysBefore: [...new Set([...(context.facts.gatewaysBefore ?? []), ...running])],
      readOnlyBefore:
        context.facts.readOnlyBefore ??
        (held ? { primary: "off", secondary: "off" } : await onBothSides((side) => readOnlyOf(context.node(side)))),
      persistedBefore:
        context.facts.persistedBefore ??
        (held ? { primary: {}, secondary: {} } : await onBothSides((side) => persistedOn(context.node(side)))),
      eventsBefore: context.facts.eventsBefore ?? (await enabledEvents(recipient)),
      packetBytesBefore: context.facts.packetBytesBefore ?? (await packetLimitOf(recipient)),
      threadsBefore: context.facts.threadsBefore ?? (await onBothSides((side) => threadsRun(context.node(side)))),
      tlsBefore: context.facts.tlsBefore ?? (await tlsBefore(context)),
      // Of this attempt alone: nobody knows what was done on the recipient since an earlier one had stopped the links.
      donorLinkRan: false,
      recipientLinkRan: false,
    };
  },
};

/** Every host that will have a job, once; one that could not be asked is refused already. */
const jobHosts = ({ donor, recipient, hosts }: Context, { hosts: seen }: PairObservation): readonly Shell[] => {
  const silent = seen.filter(({ reachable }) => !reachable).map(({ name }) => name);
  const gateways = hosts.filter(({ host }) => !silent.includes(host.name)).map(({ shell }) => shell);
  return [...new Map([...gateways, donor, recipient].map((shell) => [shell.host.name, shell])).values()];
};

/** Behind a fence what a node refuses is a run's doing and nobody's wish, on the other node too: it was held as well. */
const heldByRun = async ({ plan, recipient }: Context): Promise<boolean> =>
  plan.resumes?.fenced === true || plan.resumes?.unproved === true || (await readFenceMarker(recipient)) !== undefined;

/** As whom the jobs of an earlier attempt on the nodes themselves, which it attaches to, are logged in. */
const ownUsers = async ({ donor, recipient }: Context): Promise<readonly string[]> => {
  const logins = await Promise.all([donor, recipient].map((node) => node.credentials()));
  return logins.map(({ user }) => user);
};

/** What the recipient's own copy frees before the load. */
const bytesOf = (node: NodeObservation): number =>
  node.reachable ? Object.values(node.facts.schemaBytes).reduce((sum, size) => sum + size, 0) : 0;

/** A link was encrypted, or a source takes no other. */
const tlsBefore = async ({ donor, recipient }: Context): Promise<boolean> => {
  const asked = await Promise.all(
    [donor, recipient].map(
      async (node) =>
        (await replicaOf(node))?.tls === true || (await variable(node, "require_secure_transport")) === "ON",
    ),
  );
  return asked.includes(true);
};

const threadsRun = async (node: Node): Promise<boolean> => {
  const status = await replicaOf(node);
  return status !== undefined && (status.io.state !== "stopped" || status.sql.state !== "stopped");
};

const windowRefusals = ({ pair, plan, facts }: Context): readonly Refusal[] => {
  const window = pair.policy.maintenanceWindow;
  if (!window || isPastFence({ plan, facts }) || insideWindow(window, new Date())) return [];
  return [
    {
      code: "outside-window",
      subject: "pair",
      message: `now is outside the maintenance window ${window.start} to ${window.end} UTC; the ${otherSide(plan.recipient)} serves meanwhile`,
      hint: "run npx pulumi up inside the window, or change policy.maintenanceWindow",
    },
  ];
};

const refusalText = (found: readonly Refusal[]): string =>
  [
    `refused for ${found.length} reason${found.length === 1 ? "" : "s"}; nothing was touched:`,
    ...found.map(({ code, message, hint }) => `  ${code}: ${message}; ${hint}`),
  ].join("\n");
