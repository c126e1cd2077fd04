import type { PairObservation } from "../observe/observation.ts";
import { databaseNodes, type Pair, type Side } from "../pair.ts";
import type { Profile } from "../profile/profile.ts";
import { configurationFindings } from "./configuration.ts";
import { contentsFindings } from "./contents.ts";
import type { Finding } from "./finding.ts";
import { gatewayFindings } from "./gateways.ts";
import { linkFindings } from "./link.ts";
import { errantTransactions } from "./link-numbers.ts";
import { linkView } from "./link-view.ts";
import { reachabilityFindings } from "./reachability.ts";
import { isRunUnfinished } from "./reconcile.ts";
import { fencedSides, heldSides, runFindings } from "./run-traces.ts";

const sides: readonly Side[] = ["primary", "secondary"];

/**
 * Concludes from what was observed, asks nothing. One finding for one cause, what matters most first: runs, nodes,
 * links, contents, settings, gateways.
 */
export const diagnose = (observation: PairObservation, profile: Profile, pair: Pair): readonly Finding[] => {
  const runs = runFindings(observation);
  // In the middle of a run everything looks broken.
  if (runs.some(({ code }) => code === "run-in-progress")) return runs;
  const fenced = fencedSides(observation);
  const unfinished = isRunUnfinished(observation);
  const nodes = databaseNodes(pair).flatMap((node) => reachabilityFindings(node, observation[node.side], unfinished));
  const settings = configurationFindings(observation, heldSides(observation));
  const views = sides.flatMap((side) => linkView(observation, pair, profile, side) ?? []);
  // A fenced node's links are as the run left them.
  const links = fenced.length > 0 ? [] : views.flatMap(linkFindings);
  const contents = contentsFindings(fenced.length > 0 ? undefined : observation.contents, {
    policy: pair.policy,
    profile,
    mayStillTravel: mayStillTravel(links),
  });
  return [
    ...runs,
    ...nodes,
    ...links.filter(({ code }) => !settings.some((setting) => explains(setting, code))),
    ...contents,
    ...settings.filter(
      ({ code }) => !(code === "packet-limit" && links.some((link) => link.code === "event-too-large")),
    ),
    ...(fenced.length > 0 ? [] : views.flatMap(errantTransactions)),
    ...gatewayFindings(observation, pair),
  ];
};

/** The settings say the same with both values: equal ids, log_bin off (which switches GTID off with it). */
const explains = (setting: Finding, code: string): boolean =>
  setting.severity === "broken" &&
  (setting.code === code || (setting.code === "log-bin-off" && code === "gtid-mode-differs"));

/** A link that is down, and that nothing but a mild remedy mends, explains rows that are not yet on the other side. */
const mayStillTravel = (links: readonly Finding[]): boolean =>
  links.length > 0 && links.every(({ remedy }) => remedy !== "reinitialise");
