import type { DatabaseAddress, GatewayHostOptions } from "./options.ts";

const roles = ["main", "failover"] as const;
const types = { main: "REPL_MASTER", failover: "REPL_SLAVE" };

/** node.properties as the product's set-up writes it, without the password: that stays in a file of its own. */
export function nodePropertiesText({ nodeId, databases, user }: GatewayHostOptions): string {
  const lines = roles.flatMap((role, i) => {
    const { host, port } = databases[i] as DatabaseAddress;
    const key = `node.db.config.${role}`;
    return [
      ...(role === "failover" ? [`${key}.inheritFrom=main`] : []),
      `${key}.host=${host}`,
      `${key}.port=${port}`,
      `${key}.name=ssg`,
      `${key}.user=${user}`,
      `${key}.type=${types[role]}`,
    ];
  });
  const head = ["node.enabled=true", `node.id=${nodeId}`, "node.db.clusterType=replicated"];
  return `${[...head, `node.db.configs=${roles.join(",")}`, ...lines].join("\n")}\n`;
}

export interface NodeProperties {
  readonly nodeId: string;
  readonly schema: string;
  readonly user: string;
  /** In failover order. */
  readonly databases: readonly DatabaseAddress[];
}

/** Reads what a gateway needs; throws with the missing key. */
export function parseNodeProperties(text: string): NodeProperties {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, value);
  }
  const needed = (key: string): string => {
    const value = values.get(key);
    if (!value) throw new Error(`node.properties has no ${key}`);
    return value;
  };
  const configs = needed("node.db.configs").split(",");
  const first = `node.db.config.${configs[0]}`;
  return {
    nodeId: needed("node.id"),
    schema: needed(`${first}.name`),
    user: needed(`${first}.user`),
    databases: configs.map((name) => ({
      host: needed(`node.db.config.${name}.host`),
      port: Number(needed(`node.db.config.${name}.port`)),
    })),
  };
}
