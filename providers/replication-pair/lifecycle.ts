import { createRequire } from "node:module";
import type { Pair, Secrets } from "../pair.ts";
import { makePlan } from "../plan/make-plan.ts";
import { errorText } from "../report/error.ts";
import { healthText } from "../report/health.ts";
import { planText } from "../report/plan.ts";
import { engineIsGone, say } from "./engine-log.ts";
import { pairSchema, problems } from "./inputs.ts";
import { leavingSignal, whileOpen } from "./leave.ts";
import { adopted, changesIdentity, type Outputs, type Props, pairOf, stored, triggered } from "./state.ts";

/**
 * Loaded at first use: an `up` that changes nothing asks no node, and need not pay for SSH and MySQL clients. By require,
 * as the provider process itself is loaded: on Node 20 its import() does not take TypeScript.
 */
const require = createRequire(import.meta.url);
const atNodes = () => ({
  ...(require("./open-pair.ts") as typeof import("./open-pair.ts")),
  ...(require("./look.ts") as typeof import("./look.ts")),
  ...(require("./repair.ts") as typeof import("./repair.ts")),
});

/** The seven verbs of the engine. What each means to the user is in README, "What each command does". */

let secrets: Secrets = {};
/** Preview and up are told apart by an input that check strips; diff, which has no inputs of its own, reads it here. */
let previewing = false;

export const configure = async (request: { config: { get(key: string): string | undefined } }): Promise<void> => {
  const { config } = request;
  secrets = {
    sshPrivateKey: config.get("sshPrivateKey"),
    sshPrivateKeyPassword: config.get("sshPrivateKeyPassword"),
    primaryMysqlPassword: config.get("primaryMysqlPassword"),
    secondaryMysqlPassword: config.get("secondaryMysqlPassword"),
  };
};

export const check = async (olds: Props, news: Props & { dryRun?: boolean }) => {
  const { dryRun, ...inputs } = news;
  previewing = dryRun === true;
  const parsed = pairSchema.safeParse(inputs.pair);
  if (!parsed.success)
    return {
      inputs,
      failures: problems(parsed.error).map(({ path, message }) => ({ property: `pair.${path}`, reason: message })),
    };
  if (previewing && Object.keys(olds).length === 0) await showFirstPlan(parsed.data, inputs.self);
  return { inputs, failures: [] };
};

/** A pair that has no state yet has no diff either: its plan is made here, from a look at the nodes. */
const showFirstPlan = async (pair: Pair, urn: string): Promise<void> => {
  const { openPair, look } = atNodes();
  const seen = await whileOpen(openPair(pair, secrets), look);
  const healthy = seen.health.state === "replicating" && !seen.observed.unfinishedRun;
  await say(urn, { text: healthString(seen) });
  if (!healthy) await say(urn, { text: planText(makePlan({ ...seen, policy: pair.policy, forced: false }), pair) });
};

const healthString = (seen: Pick<Outputs, "health">): string => healthText(seen.health);

/** Pure and total. In a refresh the engine passes the NEW outputs as olds and the OLD inputs as news. */
export const diff = async (_id: string, olds: Outputs, news: Props) => {
  const replaces = changesIdentity(olds, news) ? ["pair"] : [];
  const forced = triggered(olds, news, olds.observed) === "yes";
  const ill = olds.health === undefined || !["replicating", "degraded"].includes(olds.health.state);
  const unfinished = olds.observed?.unfinishedRun !== undefined;
  const changes = replaces.length > 0 || forced || ill || unfinished || settingsChanged(olds, news);
  if (previewing && changes && olds.observed && (forced || ill || unfinished)) {
    const pair = pairOf(news);
    const plan = makePlan({ health: olds.health, observed: olds.observed, policy: pair.policy, forced });
    await say(news.self, { text: planText(plan, pair) });
  }
  return { changes, replaces, deleteBeforeReplace: true };
};

/** A changed setting that touches neither identity nor data (a limit, a key file) only has to reach the state. */
const settingsChanged = (olds: Outputs, news: Props): boolean =>
  JSON.stringify(olds.pair) !== JSON.stringify(news.pair);

export const create = async (inputs: Props) => {
  const pair = pairOf(inputs);
  const id = `${pair.primary.name}/${pair.secondary.name}`;
  return { id, outs: await adoptOrRepair(id, inputs, undefined) };
};

export const update = async (id: string, olds: Outputs, news: Props) => ({ outs: await adoptOrRepair(id, news, olds) });

const adoptOrRepair = async (id: string, inputs: Props, olds: Outputs | undefined): Promise<Outputs> => {
  const pair = pairOf(inputs);
  const { openPair, lookOnceQuiet, releaseLeft, repair } = atNodes();
  try {
    return await whileOpen(openPair(pair, secrets), async (opened) => {
      const seen = await lookOnceQuiet(opened, inputs.self);
      const asked = olds ? triggered(olds, inputs, seen.observed) : "no";
      const forced = asked === "yes";
      const healthy = seen.health.state === "replicating" || seen.health.state === "degraded";
      if (asked === "done") await say(inputs.self, { text: doneText(seen) });
      if (!healthy || forced || seen.observed.unfinishedRun)
        return await repair({ id, inputs, opened, seen, forced, olds, leaving: leavingSignal });
      if (seen.observed.lockLeft) await releaseLeft(opened, seen.observed.lockLeft);
      return adopted(inputs, seen, olds);
    });
  } catch (error) {
    throw toldWhole(error);
  } finally {
    // Nobody waits for the answer, and nobody will end this process.
    if (engineIsGone()) process.exit(130);
  }
};

const doneText = ({ observed }: Pick<Outputs, "observed">): string =>
  `the changed triggers are done with: run ${observed.endedRun?.runId} was for them, and ended healthy`;

/** The engine shows a message and nothing else of an error; one of a failed run is whole already. */
const toldWhole = (error: unknown): unknown =>
  (error as { reasons?: unknown }).reasons ? error : new Error(errorText(error), { cause: error });

export const read = async (id: string, props: Outputs) => {
  const { openPair, look } = atNodes();
  try {
    const seen = await whileOpen(openPair(pairOf(props), secrets), look);
    if (seen.health.state !== "replicating") await say(props.self, { text: healthString(seen) });
    return { id, props: stored({ ...props, ...seen }) };
  } catch (error) {
    throw toldWhole(error);
  }
};

/** Forgets the pair: neither data nor replication is touched. The preparation of the nodes removes our own files. */
const forget = async (): Promise<void> => {};

export { forget as delete };
