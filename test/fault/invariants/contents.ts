import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { ledgerOf } from "../../../lab/application.ts";
import { readLedger } from "../../../lab/gateway/ledger.ts";
import type { Lab } from "../../../lab/lab.ts";
import { waitFor } from "../../../lab/wait.ts";
import { addressOf, donor, generalLog, recipient, sides } from "../nodes.ts";
import { answering, began, droppedTables, type Invariant, one, type Scene, succeededSteps } from "./scene.ts";

const EQUAL_MS = 30_000;
const userTables =
  "table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema', 'replication_pair')";

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

/** 2: nothing was dropped there; a server that was restarted counts from 0. */
export const donorUntouched: Invariant = async ({ lab, before }) => {
  if (!(await answering(lab)).includes(donor)) return [];
  const { v } = await one<{ v: string }>(lab, donor, "SELECT @@server_uuid AS v");
  const dropped = await droppedTables(lab);
  return [
    ...(v === before.uuid[donor] ? [] : [`the donor is another server: ${v}`]),
    ...(dropped > before.droppedTables ? [`${dropped - before.droppedTables} tables were dropped on the donor`] : []),
  ];
};

/** 9: what the recipient's log holds of its own would travel to the donor. */
export const recipientLogClean: Invariant = async (scene) => {
  const { lab, journal } = scene;
  const cloned = succeededSteps(scene).includes("clone");
  if (journal?.finished || !cloned || began(scene, "wire-donor") || !(await answering(lab)).includes(recipient))
    return [];
  const logs = await lab.sql<{ Log_name: string }>(recipient, "SHOW BINARY LOGS");
  const { own } = await one<{ own: number }>(lab, recipient, "SELECT @@server_id AS own");
  const found: string[] = [];
  for (const { Log_name } of logs)
    for (const { Event_type, Server_id } of await lab.sql<{ Event_type: string; Server_id: number }>(
      recipient,
      "SHOW BINLOG EVENTS IN ?",
      [Log_name],
    ))
      if (
        Number(Server_id) === Number(own) &&
        /rows|query|xid|gtid$/i.test(Event_type) &&
        !/previous/i.test(Event_type)
      )
        found.push(`${Event_type} in ${Log_name}`);
  return found.length > 0 ? [`the recipient's log has ${found.length} events of its own: ${found[0]}`] : [];
};

/** 10 */
export const backupWhole: Invariant = async (scene) => {
  const facts = scene.journal?.events.flatMap((event) =>
    event.step === "backup" && event.kind === "succeeded" ? [event.facts?.backup] : [],
  );
  const made = facts?.at(-1) as { file: string; sha256: string } | undefined;
  if (!made) return succeededSteps(scene).includes("stop-links") ? ["past step 2 the journal names no backup"] : [];
  if (!existsSync(made.file)) return [`the backup ${made.file} is not there`];
  const bytes = readFileSync(made.file);
  const mode = statSync(made.file).mode & 0o777;
  const tables = (await answering(scene.lab)).includes(donor)
    ? await scene.lab.sql<{ n: string }>(
        donor,
        `SELECT table_name AS n FROM information_schema.tables WHERE ${userTables}`,
      )
    : [];
  const lacking = tables.filter(({ n }) => !bytes.includes(`CREATE TABLE \`${n}\``));
  return [
    ...(mode === 0o600 ? [] : [`${made.file} has mode ${mode.toString(8)}`]),
    ...(createHash("sha256").update(bytes).digest("hex") === made.sha256 ? [] : [`${made.file} has another hash`]),
    ...(bytes.subarray(-200).includes("-- Dump completed") ? [] : [`${made.file} has no end mark`]),
    ...(lacking.length === 0 ? [] : [`${made.file} lacks ${lacking.map(({ n }) => n).join(", ")}`]),
  ];
};

/** A login from a warm cache proves nothing: each receiver must have been made to log in once more. */
const receiversNotRestarted = ({ lab, before }: Scene): readonly string[] =>
  sides
    .filter((side) => {
      const sent = readFileSync(generalLog(lab, side)).subarray(before.logged[side]).toString("utf8");
      return !/\b(STOP (?:REPLICA|SLAVE) IO_THREAD)\b.*\b(START (?:REPLICA|SLAVE) IO_THREAD)\b/s.test(sent);
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
