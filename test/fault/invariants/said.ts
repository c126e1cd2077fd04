import { join } from "node:path";
import type { HostName } from "../../../lab/record.ts";
import type { Journal } from "../../../providers/runbook/journal.ts";
import { filesWith, inAllForms, secretsIn, secretsOf } from "../../support/secrets-watch.ts";
import type { Invariant, Scene } from "./scene.ts";
import { outsideOfJobs } from "./traces.ts";

/** Nowhere: an exception that matches no file. */
const NONE = /$^/;

/**
 * 15: in what was said, in the state folders with their journals, in what the engine keeps. A password may stand only in
 * the secret folder of a job that lives. All logs are looked at in the end, and processes all along.
 */
export const noSecretSaid: Invariant = async ({ lab, up }) => {
  const secrets = inAllForms(secretsOf(lab));
  const inState = lab.hosts().flatMap(({ folder }) => filesWith(join(folder, "state"), secrets, NONE));
  const onHosts = await outsideOfJobs(lab, inState);
  const atEngine = filesWith(join(lab.folder, "engine"), secrets, /^\/passphrase$/);
  return [
    ...(secretsIn(up.output, secrets) ? ["the output holds a password"] : []),
    ...[...onHosts, ...atEngine].map((file) => `${file} holds a password`),
  ];
};

const backupOf = (journal: Journal | undefined): string | undefined =>
  journal?.events
    .flatMap((event) => ("facts" in event && event.facts?.backup ? [event.facts.backup as { file: string }] : []))
    .at(-1)?.file;

/** What went wrong, and where; the engine indents the lines after the first. */
const STEP = /step \d+\/\d+ \([a-z-]+\) failed(?: on (\S+))?: (\S[\s\S]*?)\n\s*state: (S[0-6]) \(/;

/** In words, as a wait for several hosts does; a path that leads through a folder of that name tells nobody. */
const names = (text: string, host: HostName): boolean => new RegExp(`(?<![\\w/.-])${host}(?![\\w/.-])`).test(text);

const lacksIn = ({ up, host, state, journal }: Scene): readonly string[] => {
  const [, node, what = "", told] = STEP.exec(up.output) ?? [];
  if (!told) return ["step, what happened and state"];
  const backup = backupOf(journal);
  return [
    ...(host && node !== host && !names(what, host) ? [`the host ${host}`] : []),
    ...(told === state ? [] : [`the state ${state}: it tells ${told}`]),
    ...(/^ *who serves: .*\bprimary\b.*\bsecondary\b/m.test(up.output) ? [] : ["who serves"]),
    ...(up.output.includes(`backup: ${backup ? `${backup} on ` : "none was made"}`) ? [] : ["where the backup is"]),
    ...(/^ *next: \S.{15,}/m.test(up.output) ? [] : ["the next move"]),
  ];
};

/** 16: step, node, what happened, the state that the nodes are in, who serves, where the backup is, one next move. */
export const messageComplete: Invariant = async (scene) => {
  const { spoke, reaction, moment } = scene;
  if (moment !== "left" || !spoke || !["undone", "halted", "owed"].includes(reaction)) return [];
  return lacksIn(scene).map((part) => `the message lacks ${part}`);
};
