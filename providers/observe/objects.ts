import { SqlError } from "../errors.ts";
import type { Row } from "../mysql/dialect.ts";
import { sql } from "../mysql/statement.ts";
import type { Session } from "../node/node.ts";
import type { Side } from "../pair.ts";
import { isUserSchema } from "../profile/profile.ts";
import { onBothSides } from "./both-sides.ts";
import { compose, type Fragment, fragment, tableName } from "./fragment.ts";
import type { ObjectDifference } from "./observation.ts";

const STATEMENT_MS = 60_000;

type Kind = ObjectDifference["kind"];

interface ObjectName {
  readonly kind: Kind;
  readonly schema: string;
  readonly name: string;
}

export interface ObjectsCompared {
  readonly differences: readonly ObjectDifference[];
  readonly skipped: readonly { readonly table: string; readonly reason: string }[];
}

/** Definitions of schemas, tables, views, routines, triggers and events on both sides. */
export const compareObjects = async (
  sessions: Readonly<Record<Side, Session>>,
  { schemas }: { readonly schemas?: readonly string[] | undefined } = {},
): Promise<ObjectsCompared> => {
  const found = await onBothSides((side) => definitionsOf(sessions[side], schemas));
  return { differences: differencesOf(found), skipped: hidden(found) };
};

/** Text of each definition by "kind schema.name"; undefined: the account may not see it. */
type Definitions = ReadonlyMap<string, string | undefined>;

const definitionsOf = async (session: Session, schemas?: readonly string[]): Promise<Definitions> => {
  const definitions = new Map<string, string | undefined>();
  for (const object of await listObjects(session)) {
    if (!isUserSchema(object.schema) || !(schemas?.includes(object.schema) ?? true)) continue;
    const text = await definitionOf(session, object);
    if (text !== "gone") definitions.set(`${object.kind} ${nameText(object)}`, text);
  }
  return definitions;
};

const nameText = ({ kind, schema, name }: ObjectName): string => (kind === "schema" ? schema : `${schema}.${name}`);

const listObjects = async (session: Session): Promise<readonly ObjectName[]> => {
  const rows = await session.query<{ k: string; s: string; n: string }>(
    sql`SELECT 'schema' AS k, SCHEMA_NAME AS s, '' AS n FROM information_schema.SCHEMATA
      UNION ALL SELECT IF(TABLE_TYPE = 'VIEW', 'view', 'table'), TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'VIEW')
      UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME FROM information_schema.ROUTINES
      UNION ALL SELECT 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME FROM information_schema.TRIGGERS
      UNION ALL SELECT 'event', EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS`,
    STATEMENT_MS,
  );
  return rows.map(({ k, s, n }) => ({ kind: k as Kind, schema: s, name: n }));
};

const showCreate = ({ kind, schema, name }: ObjectName): Fragment => {
  if (kind === "schema") return fragment("SHOW CREATE DATABASE ??", schema);
  return compose`${fragment(`SHOW CREATE ${kind.toUpperCase()}`)} ${tableName(schema, name)}`;
};

/** 1049, 1146, 1305, 1360, 1539: dropped since it was listed. */
const gone = new Set([1049, 1146, 1305, 1360, 1539]);

const definitionOf = async (session: Session, object: ObjectName): Promise<string | undefined> => {
  try {
    const [row] = await session.query<Row>(showCreate(object), STATEMENT_MS);
    return row ? normalise(object.kind, row) : undefined;
  } catch (error) {
    if (error instanceof SqlError && gone.has(error.code)) return "gone";
    throw error;
  }
};

/**
 * What must be alike on two good nodes. Left out: the next AUTO_INCREMENT value, the definer (accounts are each node's
 * own), a semicolon at the very end, and whether an event is enabled (on the recipient it is not, or it would run twice).
 */
export const normalise = (kind: Kind, row: Row): string | undefined => {
  const text = Object.entries(row).find(([name]) => /^(Create .*|SQL Original Statement)$/i.test(name))?.[1];
  if (typeof text !== "string") return undefined;
  // The options of a table stand behind its last parenthesis; a comment of a column may hold anything.
  const options = kind === "table" ? text.lastIndexOf("\n)") : 0;
  const plain = text.slice(0, options) + withoutOwn(kind, text.slice(options));
  return `${row.sql_mode ?? ""} ${plain}`;
};

const withoutOwn = (kind: Kind, text: string): string => {
  if (kind === "table") return text.replace(/ AUTO_INCREMENT=\d+/, "");
  // A body that was sent among several statements keeps its last semicolon; a dump and load drops it.
  const body = text.replace(/[;\s]+$/, "");
  const anyDefiner = body.replace(/ DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`/, "");
  if (kind !== "event") return anyDefiner;
  return anyDefiner.replace(/( ON COMPLETION (?:NOT )?PRESERVE) (?:ENABLE|DISABLE(?: ON (?:SLAVE|REPLICA))?)/, "$1");
};

const differencesOf = (found: Readonly<Record<Side, Definitions>>): readonly ObjectDifference[] =>
  [...new Set([...found.primary.keys(), ...found.secondary.keys()])]
    .sort()
    .flatMap((key): readonly ObjectDifference[] => {
      const [kind = "", ...rest] = key.split(" ");
      const object = { kind: kind as Kind, name: rest.join(" ") };
      if (!found.secondary.has(key)) return [{ ...object, what: "only-on-primary" }];
      if (!found.primary.has(key)) return [{ ...object, what: "only-on-secondary" }];
      const [a, b] = [found.primary.get(key), found.secondary.get(key)];
      return a !== undefined && b !== undefined && a !== b ? [{ ...object, what: "differs" }] : [];
    });

const hidden = (found: Readonly<Record<Side, Definitions>>): ObjectsCompared["skipped"] =>
  (["primary", "secondary"] as const).flatMap((side) =>
    [...found[side]]
      .filter(([, text]) => text === undefined)
      .map(([key]) => ({ table: key, reason: `the account on the ${side} may not see its definition` })),
  );
