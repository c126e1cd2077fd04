/** What node.properties says of the database: order of the servers, and the gateway's own id. Passwords in it are never read. */
export interface NodeProperties {
  /** "host:port" of main, then failover. */
  readonly failoverOrder: readonly string[];
  readonly nodeId?: string | undefined;
}

const defaultPort = "3306";

export const parseNodeProperties = (lines: readonly string[]): NodeProperties => {
  const values = new Map(lines.map(keyAndValue).filter((pair) => pair !== undefined));
  const configs = (values.get("node.db.configs") ?? "").split(",").map((name) => name.trim());
  const failoverOrder = configs.filter(Boolean).flatMap((name) => {
    const host = inherited(values, name, "host");
    return host ? [`${host}:${inherited(values, name, "port") ?? defaultPort}`] : [];
  });
  return { failoverOrder, nodeId: values.get("node.id") };
};

/** Java properties: "key = value" or "key: value"; a backslash takes the meaning from the next character. */
const keyAndValue = (line: string): readonly [string, string] | undefined => {
  const match = /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
  return match ? [match[1] ?? "", (match[2] ?? "").replace(/\\(.)/g, "$1")] : undefined;
};

/** A configuration may inherit from another; the chain is short, and a circle ends it. */
const inherited = (values: ReadonlyMap<string, string>, name: string, key: string): string | undefined => {
  const seen = new Set<string>();
  let config: string | undefined = name;
  while (config && !seen.has(config)) {
    seen.add(config);
    const value = values.get(`node.db.config.${config}.${key}`);
    if (value) return value;
    config = values.get(`node.db.config.${config}.inheritFrom`);
  }
  return undefined;
};
