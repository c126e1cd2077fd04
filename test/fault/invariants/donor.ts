import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Lab } from "../../../lab/lab.ts";
import { ADMIN } from "../admin.ts";
import { donor, generalLog } from "../nodes.ts";
import { answering, type Invariant, one } from "./scene.ts";

interface Sent {
  readonly account: string;
  readonly text: string;
}

/** Statements that the server was sent after so many bytes of its log, and by whom. Numbers of sessions come again after a restart. */
export const statementsSince = (log: Buffer, from: number): readonly Sent[] => {
  const accounts = new Map<string, string>();
  const sent: Sent[] = [];
  let at = 0;
  for (const entry of log.toString("latin1").split(/^(?=\d{4}-\d\d-\d\dT\S+Z\t)/m)) {
    const [, session = "", command = "", text = ""] = /^\S+\t *(\d+) ([\w ]+)\t(.*)$/s.exec(entry) ?? [];
    if (command === "Connect") accounts.set(session, text.split("@")[0] ?? "");
    // What the server sends itself, an applier's statements too, has no account.
    if (at >= from && /^(Query|Execute)$/.test(command)) sent.push({ account: accounts.get(session) ?? "", text });
    at += entry.length;
  }
  return sent;
};

/** Also in mysqldump's form, as a comment that servers carry out. */
const plain = (text: string): string => text.replace(/^(\s|\/\*!?\d*|\*\/)+/, "").replace(/\s+/g, " ");

const OBJECTS =
  /^(DROP (?!USER|PREPARE)|TRUNCATE |RENAME TABLE |ALTER (TABLE|DATABASE|SCHEMA|VIEW|FUNCTION|PROCEDURE|EVENT) )/i;
const ROWS = /^(DELETE|UPDATE|REPLACE|INSERT|LOAD DATA) /i;
const OWN_SCHEMA = /^\w+ (DATABASE |SCHEMA |TABLE |INTO |FROM )?(IF EXISTS )?`?replication_pair\b/i;
const FOREIGN_ACCOUNT = /^DROP USER (?!(IF EXISTS )?['`"]?rp_)/i;

/** Whose rows they are: the application's, and an operator's who carries some over by hand. */
const ROW_WRITERS: readonly string[] = ["gateway", ADMIN];

/** Objects are nobody's to destroy, whoever sent it. */
export const destroys = ({ account, text }: Sent): boolean => {
  const statement = plain(text);
  if (OWN_SCHEMA.test(statement)) return false;
  return (
    OBJECTS.test(statement) ||
    FOREIGN_ACCOUNT.test(statement) ||
    (!ROW_WRITERS.includes(account) && ROWS.test(statement))
  );
};

/**
 * 2: still the same server, and no statement that destroys was sent to it. By its general log: the counter of
 * DROP TABLE knows nothing of DROP DATABASE and TRUNCATE, and begins anew with the server.
 */
export const donorUntouched: Invariant = async ({ lab, before }) => {
  if (!(await answering(lab)).includes(donor)) return [];
  const mark = randomBytes(8).toString("hex");
  const { v } = await one<{ v: string }>(lab, donor, `SELECT @@server_uuid AS v /* ${mark} */`);
  const sent = statementsSince(readLog(lab), before.logged[donor]);
  const last = sent.find(({ text }) => text.includes(mark));
  return [
    ...(v === before.uuid[donor] ? [] : [`the donor is another server: ${v}`]),
    ...(last?.account === "root" ? [] : ["the donor's general log does not show who sends what"]),
    ...sent
      .filter(destroys)
      .map(({ account, text }) => `${account || "a replica's applier"} sent the donor: ${text.trim()}`),
  ];
};

const readLog = (lab: Lab): Buffer => readFileSync(generalLog(lab, donor));
