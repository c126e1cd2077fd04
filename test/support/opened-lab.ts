import { type Lab, openLab } from "../../lab/lab.ts";
import type { Flavour } from "../../lab/packages/software.ts";
import { secret } from "../../lab/passwords.ts";
import { withSql } from "../../lab/sql.ts";
import { stackSettings } from "../../lab/stack-settings.ts";
import type { Node, Shell } from "../../providers/node/node.ts";
import { openNode, openShell } from "../../providers/node/open-node.ts";
import type { Reach } from "../../providers/observe/observe.ts";
import type { Pair, Side } from "../../providers/pair.ts";
import { pairSchema } from "../../providers/replication-pair/inputs.ts";

/** A lab without gateways, and its nodes as the provider reaches them. */
export interface OpenedLab {
  readonly lab: Lab;
  readonly pair: Pair;
  readonly reach: Reach;
  node(side: Side): Promise<Node>;
  /** By TCP from here, with an account that may look and nothing else. */
  monitoredNode(side: Side): Promise<Node>;
  /** Statements on one connection. */
  run(side: Side, statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const monitorPassword = "look, 'do not' touch";

/** Each server's own: not in the binary log. */
const createMonitor: readonly string[] = [
  "SET sql_log_bin = 0",
  `CREATE USER IF NOT EXISTS monitor@'%' IDENTIFIED BY "${monitorPassword}"`,
  "GRANT REPLICATION CLIENT, PROCESS, SELECT ON *.* TO monitor@'%'",
];

export const openPlainLab = async (name: string, flavour: Flavour): Promise<OpenedLab> => {
  const lab = openLab(name);
  const record = await lab.up({ flavour, profile: "plain-mysql", stack: false });
  const pair = pairSchema.parse(stackSettings(record));
  const secrets = {
    primaryMysqlPassword: secret(record, "root-primary"),
    secondaryMysqlPassword: secret(record, "root-secondary"),
  };
  const open: Shell[] = [];
  const kept = async <T extends Shell>(shell: T): Promise<T> => {
    open.push(shell);
    return shell;
  };
  const reach: Reach = {
    node: async (host) => kept(await openNode(host, secrets)),
    shell: (host) => kept(openShell(host, secrets)),
    ownShell: async (host) => openShell(host, secrets),
  };
  const run = (side: Side, statements: readonly string[]): Promise<void> =>
    withSql(record, side, async (sql) => {
      for (const statement of statements) await sql.query(statement);
    });
  return {
    ...{ lab, pair, reach, run },
    node: (side) => reach.node(pair[side]),
    async monitoredNode(side) {
      await run(side, createMonitor);
      const mysql = { ...pair[side].mysql, through: "direct", optionFile: undefined, user: "monitor" } as const;
      const password = { primaryMysqlPassword: monitorPassword, secondaryMysqlPassword: monitorPassword };
      return kept(await openNode({ ...pair[side], mysql }, password));
    },
    async close() {
      await Promise.all(open.map((shell) => shell.close()));
      await lab.wipe();
    },
  };
};
