import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Pair, Secrets } from "../providers/pair.ts";
import { pairSchema, pairShape, problems } from "../providers/replication-pair/inputs.ts";

/** Settings of a stack, as they stand under `config:` of stacks/Pulumi.<cluster>.yaml (prefix "replication-pair:"). */
export const settingsShape = {
  ...pairShape,
  prepareNodes: z
    .boolean()
    .default(true)
    .describe("Let @pulumi/command make the state folders and collect tool versions on the nodes."),
};

export interface StackSettings {
  /** As written. */
  readonly pair: z.input<typeof pairSchema>;
  /** With every default filled in. */
  readonly checked: Pair;
  readonly prepareNodes: boolean;
}

/** Key under which each secret setting is stored (`pulumi config set --secret <key>`). */
export const secretKeys = [
  "sshPrivateKey",
  "sshPrivateKeyPassword",
  "primaryMysqlPassword",
  "secondaryMysqlPassword",
] as const;

const prefix = "replication-pair:";

/**
 * Reads every key, or throws one error that names every wrong key and what would be right. `config`: all of the stack's,
 * as the engine hands it over.
 */
export const readConfig = (config: Readonly<Record<string, string | undefined>>): StackSettings => {
  const known: readonly string[] = [...Object.keys(settingsShape), ...secretKeys];
  const given = Object.keys(config).filter((key) => key.startsWith(prefix));
  const unknown = given.map((key) => key.slice(prefix.length)).filter((key) => !known.includes(key));
  const values = Object.fromEntries(
    Object.keys(settingsShape).map((key) => [key, parseValue(config[`${prefix}${key}`])]),
  );
  const { prepareNodes = true, ...pair } = values;
  const checked = pairSchema.safeParse(pair);
  const wrong = [
    ...unknown.map((path) => ({ path, message: "is not a setting; check its spelling" })),
    ...(typeof prepareNodes === "boolean" ? [] : [{ path: "prepareNodes", message: "must be true or false" }]),
    ...(checked.success ? [] : problems(checked.error)),
  ];
  if (wrong.length > 0 || !checked.success) throw new pulumi.RunError(explain(wrong));
  return { pair: pair as StackSettings["pair"], checked: checked.data, prepareNodes: prepareNodes === true };
};

export const readSecrets = (config: Readonly<Record<string, string | undefined>>): Secrets =>
  Object.fromEntries(secretKeys.map((key) => [key, config[`${prefix}${key}`]]));

/** The engine hands structured values over as JSON text; plain words stay as they are. */
const parseValue = (value: string | undefined): unknown => {
  if (value === undefined || !/^([[{]|true$|false$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // the schema says what would be right
  }
};

const explain = (found: readonly { path: string; message: string }[]): string =>
  [
    `${found.length} wrong setting${found.length === 1 ? "" : "s"} in this stack's configuration (nothing was touched):`,
    ...found.map(({ path, message }) => `  replication-pair:${path}: ${message}`),
    "Every key is described in stacks/Pulumi.example.yaml.",
  ].join("\n");
