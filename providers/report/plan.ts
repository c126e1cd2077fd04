import type { Pair } from "../pair.ts";
import type { Plan } from "../plan/plan.ts";
import { bytesText, secondsText } from "./units.ts";

/** What would run, for the preview and the run's first lines. */
export const planText = (plan: Plan, pair: Pair): string => {
  const donor = pair[plan.donor].name;
  const recipient = pair[plan.recipient].name;
  if (plan.remedy === "none" && plan.refusals.length === 0) return `nothing to do: ${plan.why}`;
  return [
    `remedy: ${plan.remedy}${plan.resumes ? ` (resumes run ${plan.resumes.runId}, state ${plan.resumes.state})` : ""}`,
    `why: ${plan.why}`,
    ...plan.notMilder.map((reason) => `nothing milder: ${reason}`),
    ...(plan.overwrites
      ? overwriteLines(plan, donor, recipient)
      : ["no data is overwritten and no gateway is stopped"]),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    ...plan.steps.map(({ title }, index) => `  ${index + 1}. ${title}`),
    ...refusalLines(plan),
  ].join("\n");
};

const overwriteLines = (plan: Plan, donor: string, recipient: string): readonly string[] => [
  `kept: ${donor} (${plan.donor}, donor, ${bytesText(plan.bytes)})`,
  `OVERWRITTEN: ${recipient} (${plan.recipient}, recipient)`,
  `gateways stopped for about ${secondsText(plan.outageSeconds)}, the whole run about ${secondsText(plan.estimatedSeconds)}`,
];

const refusalLines = (plan: Plan): readonly string[] =>
  plan.refusals.length === 0
    ? []
    : [
        `REFUSED, pulumi up will touch nothing:`,
        ...plan.refusals.map(({ code, subject, message, hint }) => `  ${code} (${subject}): ${message}; ${hint}`),
      ];
