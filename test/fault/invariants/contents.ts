import { readFileSync } from "node:fs";
import { ledgerOf } from "../../../lab/application.ts";
import { readLedger } from "../../../lab/gateway/ledger.ts";
import type { Lab } from "../../../lab/lab.ts";
import { waitFor } from "../../../lab/wait.ts";
import { addressOf, donor, generalLog, recipient, sides } from "../nodes.ts";
import { answering, type Invariant, type Scene } from "./scene.ts";

const EQUAL_MS = 90_000;

/** Ids that a gateway was told are committed, by the database that told it. */
const acknowledged = (lab: Lab, databases: RegExp): readonly string[] =>
  readLedger(lab.hosts().map(ledgerOf)).flatMap(({ id, database }) => (databases.test(database) ? [id] : []));

/** Meanwhile what the recipient acknowledged may be on its way; at the end all of it must be there. */
export const lostRows = async (lab: Lab, all: boolean): Promise<readonly string[]> => {
  const told = acknowledged(lab, all ? /./ : new RegExp(`^${addressOf(lab, donor).replaceAll(".", "\\.")}:`));
  const rows = await lab.sql<{ id: string }>(donor, "SELECT HEX(goid) AS id FROM ssg.audit_main");
  const there = new Set(rows.map(({ id }) => id));
  return told.filter((id) => !there.has(id));
};

/** 1 */
export const noRowLost: Invariant = async ({ lab, moment }) => {
  if (!(await answering(lab)).includes(donor)) return [];
  const lost = await lostRows(lab, moment === "end");
  return lost.length > 0
    ? [`${lost.length} acknowledged rows are not on the donor: ${lost.slice(0, 3).join(", ")}`]
    : [];
};

/** A login from a warm cache proves nothing: each receiver must have been made to log in once more. */
const receiversNotRestarted = ({ lab, before }: Scene): readonly string[] =>
  sides
    .filter((side) => {
      const sent = readFileSync(generalLog(lab, side)).subarray(before.logged[side]).toString("utf8");
      return !/\bSTOP (?:REPLICA|SLAVE) IO_THREAD\b.*\bSTART (?:REPLICA|SLAVE)\b/s.test(sent);
    })
    .map((side) => `the receiver of the ${side} was not started anew`);

/** 13: by the servers alone: equal contents, and what is written on either side reaches the other. */
export const provedHealthy: Invariant = async (scene) => {
  const { lab, moment } = scene;
  if (moment !== "end") return [];
  await lab.load("stop");
  try {
    for (const side of sides) {
      const name = `fault_token_${side}`;
      const other = side === donor ? recipient : donor;
      await lab.sql(side, `CREATE DATABASE ${name}`);
      await waitFor(
        `a token of the ${side} to reach the ${other}`,
        async () => (await lab.sql(other, `SHOW DATABASES LIKE '${name}'`)).length > 0,
        EQUAL_MS,
      );
      await lab.sql(side, `DROP DATABASE ${name}`);
    }
    await lab.caughtUp();
    const differing = await lab.lastingDifferences(EQUAL_MS);
    return [
      ...(differing.length > 0 ? [`contents differ: ${differing.join(", ")}`] : []),
      ...receiversNotRestarted(scene),
    ];
  } finally {
    await lab.load("start");
  }
};
