import { readFileSync } from "node:fs";
import type { Row } from "../../../providers/mysql/dialect.ts";
import type { shapesFrom } from "../../../providers/observe/table-shape.ts";
import type { Side } from "../../../providers/pair.ts";

export const servers = ["mysql-8.0", "mysql-9.7"] as const;
export type Server = (typeof servers)[number];

type Catalogue = {
  readonly tables: Parameters<typeof shapesFrom>[0];
  readonly columns: Parameters<typeof shapesFrom>[1];
  readonly keys: Parameters<typeof shapesFrom>[2];
};

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`captured/${name}.json`, import.meta.url), "utf8"));

/** Rows of information_schema of both nodes; the secondary's tables were altered by hand. */
export const catalogue = (server: Server): Readonly<Record<Side, Catalogue>> =>
  read(`catalogue-${server}`) as Readonly<Record<Side, Catalogue>>;

/** Rows of SHOW CREATE, by kind of object. */
export const showCreate = (server: Server): Readonly<Record<string, Readonly<Record<Side, Row>>>> =>
  read(`show-create-${server}`) as Readonly<Record<string, Readonly<Record<Side, Row>>>>;
