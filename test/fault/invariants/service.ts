import { ledgerOf } from "../../../lab/application.ts";
import { readLedger } from "../../../lab/gateway/ledger.ts";
import type { Lab } from "../../../lab/lab.ts";
import type { HostName, Side } from "../../../lab/record.ts";
import { waitFor } from "../../../lab/wait.ts";
import { addressOf, donor, isFenced, recipient, runningGateways, sides } from "../nodes.ts";
import { fenceOf } from "./fence.ts";
import { answering, began, beganSince, type Invariant, one, type Scene, type Violation } from "./scene.ts";

const SESSION_MS = 30_000;
const LINK_MS = 60_000;

const sessionsOf = async (lab: Lab, side: Side): Promise<readonly string[]> =>
  (await lab.sql<{ host: string }>(side, "SELECT host FROM information_schema.processlist WHERE user = 'gateway'")).map(
    ({ host }) => host.replace(/:\d+$/, ""),
  );

/** Whoever gives up brings the gateways back, on the donor. Only a run that was cut off may have stopped them. */
const mustServe = ({ state, reaction, moment }: Scene): boolean =>
  moment === "end" || state === "S0" || reaction !== "stands";

/** All is as it was before the run. */
const isAsBefore = ({ moment, reaction }: Scene): boolean => moment === "end" || reaction === "undone";

/** 4: what is astray has no host: no fault excuses a session on a fenced recipient. */
export const sessionsWhereTheyBelong: Invariant = async (scene) => {
  const { lab } = scene;
  const up = await answering(lab);
  const mayServe = began(scene, "start-gateways") && fenceOf(scene.journal) !== "closed";
  const astray = isFenced(lab) && up.includes(recipient) && !mayServe ? await sessionsOf(lab, recipient) : [];
  return [
    ...astray.map((host) => `a gateway session of ${host} on the fenced recipient`),
    ...writesOnFenced(scene),
    ...(up.includes(recipient) ? await takesWrites(scene) : []),
    ...(mustServe(scene) && up.includes(donor) ? await awayFromDonor(scene) : []),
  ];
};

const awayFromDonor = async ({ lab, before }: Scene): Promise<readonly Violation[]> => {
  const wanted = lab.hosts().filter(({ name }) => before.running.includes(name));
  let away: readonly HostName[] = [];
  await waitFor(
    "gateway sessions on the donor",
    async () => {
      const hosts = await sessionsOf(lab, donor);
      away = wanted.filter(({ address }) => !hosts.includes(address)).map(({ name }) => name);
      return away.length === 0;
    },
    SESSION_MS,
  ).catch(() => {});
  return away.map((host) => ({ host, text: `the gateway on ${host} has no session on the donor` }));
};

/** By the gateways' own ledgers: nothing was written on the recipient from its fence to the end of the run. */
const writesOnFenced = ({ lab, journal }: Scene): readonly string[] => {
  const from = journal?.events.find(({ step, kind }) => step === "fence" && kind === "succeeded")?.at;
  if (!from) return [];
  const to = journal?.finished ? Date.parse(journal.events.at(-1)?.at ?? "") : Date.now();
  const written = readLedger(lab.hosts().map(ledgerOf)).filter(
    ({ database, epochMs }) =>
      database.startsWith(`${addressOf(lab, recipient)}:`) && epochMs > Date.parse(from) && epochMs < to,
  );
  return written.length > 0 ? [`${written.length} rows were written on the recipient while it was fenced`] : [];
};

/** Between the fence and the end it stays read-only, unless it was started anew or the run was cut off at its very end. */
const takesWrites = async ({ lab, journal, state }: Scene): Promise<readonly string[]> => {
  const last = journal?.events.at(-1);
  if (!journal || state !== "S5" || fenceOf(journal) !== "lifted") return [];
  if (last?.step === "verify" && last.kind === "started") return [];
  const lifted = journal.events.findLast(({ step, kind }) => step === "wire-donor" && kind === "succeeded");
  const { Value } = await one<{ Value: string }>(lab, recipient, "SHOW GLOBAL STATUS LIKE 'Uptime'");
  if (Date.now() - Number(Value) * 1000 > Date.parse(lifted?.at ?? "")) return [];
  const { open } = await one<{ open: number }>(lab, recipient, "SELECT NOT @@read_only AS open");
  return open ? ["the recipient takes writes before the copy is proved to the end"] : [];
};

/** 8: none runs while the recipient is fenced and not proved, but its own from the donor, and that one only once cloned. */
export const linksSane: Invariant = async (scene) => {
  const { lab } = scene;
  const unproved = isFenced(lab) && began(scene, "reset") && !beganSince(scene, "clone", "wire-donor");
  const found: Violation[] = [];
  const up = await answering(lab);
  for (const side of up) {
    const link = await lab.link(side);
    if (link?.sourceHost === addressOf(lab, side)) found.push(`the ${side} replicates from itself`);
    const runs = link !== undefined && (link.io !== "No" || link.sql !== "No");
    if (runs && unproved && side === donor) found.push("the donor replicates from a recipient that is not proved");
    if (runs && unproved && side === recipient && !beganSince(scene, "clone", "wire-recipient"))
      found.push("the recipient replicates from the donor before it is a copy");
    // One whose source does not answer has nothing to connect to.
    if (isAsBefore(scene) && up.length === sides.length && !(await comesToRun(lab, side)))
      found.push({ host: side, text: `the link of the ${side} ran before, and does not` });
  }
  return found;
};

const comesToRun = (lab: Lab, side: Side): Promise<boolean> => {
  const runs = async (): Promise<boolean> => {
    const link = await lab.link(side);
    return link?.io === "Yes" && link.sql === "Yes";
  };
  return waitFor("the link", runs, LINK_MS).then(
    () => true,
    () => false,
  );
};

/** 11 */
export const donorWritable: Invariant = async (scene) => {
  const { lab } = scene;
  const up = await answering(lab);
  const found: Violation[] = [];
  for (const side of sides) {
    if (!up.includes(side) || !(isAsBefore(scene) || (side === donor && mustServe(scene)))) continue;
    const say = (text: string) => found.push({ host: side, text });
    const modes = await one<Record<string, number>>(
      lab,
      side,
      "SELECT @@read_only AS read_only, @@super_read_only AS super_read_only, @@offline_mode AS offline_mode",
    );
    for (const [name, value] of Object.entries(modes)) if (Number(value) !== 0) say(`${name} is on at the ${side}`);
    if (isAsBefore(scene))
      for (const row of await lab.sql<{ n: string }>(
        side,
        "SELECT VARIABLE_NAME AS n FROM performance_schema.persisted_variables",
      ))
        say(`${row.n} is still persisted at the ${side}`);
  }
  return found;
};

/** 12: those, and no other. */
export const gatewaysAsBefore: Invariant = async (scene) => {
  if (!mustServe(scene)) return [];
  const { before, lab } = scene;
  const running = runningGateways(lab);
  return [
    ...before.running
      .filter((host) => !running.includes(host))
      .map((host) => ({ host, text: `the gateway on ${host} does not run` })),
    ...running
      .filter((host) => !before.running.includes(host))
      .map((host) => ({ host, text: `the gateway on ${host} runs, and did not before` })),
  ];
};
