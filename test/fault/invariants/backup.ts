import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { Lab } from "../../../lab/lab.ts";
import { donor } from "../nodes.ts";
import { answering, type Invariant, succeededSteps } from "./scene.ts";

interface Listed {
  readonly s: string;
  readonly n: string;
  readonly k: string;
}

/** By the donor's own catalogue; `replication_pair` comes and goes with a run. */
const OBJECTS = `SELECT * FROM (
    SELECT table_schema AS s, table_name AS n, IF(table_type = 'VIEW', 'VIEW', 'TABLE') AS k FROM information_schema.tables
    UNION ALL SELECT routine_schema, routine_name, routine_type FROM information_schema.routines
    UNION ALL SELECT trigger_schema, trigger_name, 'TRIGGER' FROM information_schema.triggers
    UNION ALL SELECT event_schema, event_name, 'EVENT' FROM information_schema.events
  ) AS objects WHERE s NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema', 'replication_pair')`;

/** Accounts of a run are made after its backup. */
const ACCOUNTS = "SELECT 'mysql' AS s, User AS n, 'USER' AS k FROM mysql.user WHERE User NOT LIKE 'rp\\_%'";

/** How mysqldump begins each kind; a view is first a stand-in, so its last form counts. */
const statementOf: Readonly<Record<string, (quoted: string) => string>> = {
  TABLE: (quoted) => `\nCREATE TABLE ${quoted} (`,
  VIEW: (quoted) => `\n/*!50001 VIEW ${quoted} AS `,
  TRIGGER: (quoted) => ` TRIGGER ${quoted} `,
  EVENT: (quoted) => ` EVENT ${quoted} ON SCHEDULE `,
  FUNCTION: (quoted) => ` FUNCTION ${quoted}(`,
  PROCEDURE: (quoted) => ` PROCEDURE ${quoted}(`,
};

/** Text of each schema; one may come in several parts. */
const sections = (dump: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const part of dump.split("\n-- Current Database: `").slice(1)) {
    const name = part.slice(0, part.indexOf("`\n"));
    found.set(name, (found.get(name) ?? "") + part);
  }
  return found;
};

const lackingIn = async (lab: Lab, dump: string): Promise<readonly string[]> => {
  const parts = sections(dump);
  const holds = ({ s, n, k }: Listed): boolean => {
    const part = parts.get(s) ?? "";
    return k === "USER" ? part.includes(`','${n}','`) : part.includes(statementOf[k]?.(`\`${n}\``) ?? "\0");
  };
  const listed = [...(await lab.sql<Listed>(donor, OBJECTS)), ...(await lab.sql<Listed>(donor, ACCOUNTS))];
  const lacking = listed.filter((its) => !holds(its)).map(({ s, n, k }) => `${k} ${s}.${n}`);
  const kinds = new Set(listed.map(({ k }) => k));
  // Else nothing was asked of the file.
  const unasked = ["TABLE", "VIEW", "TRIGGER", "EVENT", "FUNCTION", "USER"].filter((kind) => !kinds.has(kind));
  return [...lacking, ...unasked.map((kind) => `the donor shows no ${kind}`)];
};

/** 10 */
export const backupWhole: Invariant = async (scene) => {
  const facts = scene.journal?.events.flatMap((event) =>
    event.step === "backup" && event.kind === "succeeded" ? [event.facts?.backup] : [],
  );
  const made = facts?.at(-1) as { file: string; sha256: string } | undefined;
  const fault = (text: string) => ({ host: donor, text });
  if (!made) return succeededSteps(scene).includes("stop-links") ? ["past step 2 the journal names no backup"] : [];
  if (!existsSync(made.file)) return [fault(`the backup ${made.file} is not there`)];
  const bytes = readFileSync(made.file);
  const mode = statSync(made.file).mode & 0o777;
  const lacking = (await answering(scene.lab)).includes(donor)
    ? await lackingIn(scene.lab, bytes.toString("utf8"))
    : [];
  return [
    ...(mode === 0o600 ? [] : [fault(`${made.file} has mode ${mode.toString(8)}`)]),
    ...(createHash("sha256").update(bytes).digest("hex") === made.sha256
      ? []
      : [fault(`${made.file} has another hash`)]),
    ...(bytes.subarray(-200).includes("-- Dump completed") ? [] : [fault(`${made.file} has no end mark`)]),
    ...(lacking.length === 0 ? [] : [fault(`${made.file} lacks ${lacking.join(", ")}`)]),
  ];
};
