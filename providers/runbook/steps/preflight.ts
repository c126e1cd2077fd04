import { SafetyError } from "../../errors.ts";
import { observePair } from "../../observe/observe.ts";
import { otherSide } from "../../pair.ts";
import type { Refusal } from "../../plan/plan.ts";
import { preflightRefusals } from "../../plan/preflight.ts";
import { insideWindow } from "../../plan/window.ts";
import {
  definersMissing,
  privilegesMissing,
  reachRefusals,
  spaceRefusals,
  toolRefusals,
  unloadable,
} from "../preflight-checks.ts";
import { replicaOf } from "../replica.ts";
import { type Context, minutes, type Step } from "../step.ts";

/** Everything that can be known before anything is touched, in one go: all refusals at once. */
export const preflight: Step = {
  id: "preflight",
  timeoutMs: minutes(3),
  async run(context) {
    const { pair, donor, recipient, plan } = context;
    const observation = await observePair(pair, context.reach);
    const found: readonly Refusal[] = [
      ...preflightRefusals(pair, observation, plan.donor),
      ...windowRefusals(context),
      ...(
        await Promise.all([
          toolRefusals(donor),
          toolRefusals(recipient),
          spaceRefusals(donor, donor.host.backupFolder, plan.bytes),
          spaceRefusals(recipient, undefined, plan.bytes),
          reachRefusals(donor, recipient),
          reachRefusals(recipient, donor),
          privilegesMissing(donor),
          privilegesMissing(recipient),
          definersMissing(donor, recipient),
          unloadable(donor),
        ])
      ).flat(),
    ];
    if (found.length > 0) throw new SafetyError(refusalText(found), { next: found[0]?.hint ?? "" });
    const running = observation.hosts.filter((host) => host.processes > 0).map((host) => host.name);
    return {
      gatewaysBefore: context.facts.gatewaysBefore ?? running,
      threadsBefore: context.facts.threadsBefore ?? (await threadsBefore(context)),
      tlsBefore: context.facts.tlsBefore ?? (await tlsBefore(context)),
    };
  },
};

const threadsBefore = async ({ node }: Context) => ({
  primary: await threadsRun(node("primary")),
  secondary: await threadsRun(node("secondary")),
});

const tlsBefore = async ({ node }: Context): Promise<boolean> => {
  const links = await Promise.all([replicaOf(node("primary")), replicaOf(node("secondary"))]);
  return links.some((link) => link?.tls);
};

const threadsRun = async (node: Parameters<typeof replicaOf>[0]): Promise<boolean> => {
  const status = await replicaOf(node);
  return status !== undefined && (status.io.state !== "stopped" || status.sql.state !== "stopped");
};

const windowRefusals = ({ pair, plan }: Context): readonly Refusal[] => {
  const window = pair.policy.maintenanceWindow;
  // Past the fence a run finishes, whatever the hour.
  if (!window || plan.resumes?.fenced || insideWindow(window, new Date())) return [];
  return [
    {
      code: "outside-window",
      subject: "pair",
      message: `now is outside the maintenance window ${window.start} to ${window.end} UTC; the ${otherSide(plan.recipient)} serves meanwhile`,
      hint: "run pulumi up inside the window, or change policy.maintenanceWindow",
    },
  ];
};

const refusalText = (found: readonly Refusal[]): string =>
  [
    `refused for ${found.length} reason${found.length === 1 ? "" : "s"}; nothing was touched:`,
    ...found.map(({ code, message, hint }) => `  ${code}: ${message}; ${hint}`),
  ].join("\n");
