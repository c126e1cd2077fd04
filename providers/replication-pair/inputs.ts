import { posix } from "node:path";
import { z } from "zod";
import {
  type DatabaseNode,
  type GatewayService,
  type Host,
  isTemporary,
  type MysqlAccess,
  type Pair,
  type Policy,
  type SshEndpoint,
} from "../pair.ts";

/** The schema of one pair: the inner door (provider inputs) and, by way of stacks/config.ts, the outer one. */

const text = z.string().trim().min(1, "must not be empty");
const portNumber = z.int().min(1).max(65535);
const absolutePath = z.string().regex(/^\/[^\0\n]*$/, "must be an absolute path, such as /var/lib/replication-pair");
/** What a restart or a cleaner of temporary files would take away is no place for a journal or a backup. */
const lastingFolder = absolutePath.refine(
  (path) => !isTemporary(posix.normalize(path)),
  "must be a folder that lasts: not under /tmp, /var/tmp, /dev or /run, where files are cleaned away",
);
const argv = z.array(text).min(1, 'must name a program, such as ["service", "ssg", "start"]');
// Leading dash: would be read as an option by ssh and mysql clients.
const hostName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, "must be a host name or an address, such as gw1-db.example.com");

const endpointShape = {
  host: hostName.describe("Name or address of the host, as seen from where Pulumi runs."),
  port: portNumber.default(22).describe("SSH port."),
  user: text.default("root").describe("Login user; root, or a user with `become: sudo`."),
  hostKey: z
    .string()
    .regex(
      /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}$/,
      'must be the public host key, "<type> <base64>": take it on the host itself from /etc/ssh/ssh_host_ed25519_key.pub',
    )
    .describe("Pinned host key; there is no trust on first use."),
  privateKeyPath: absolutePath
    .optional()
    .describe("Private key file where Pulumi runs; else an agent, else the secret setting sshPrivateKey."),
  agentSocketPath: absolutePath.optional().describe("Socket of an SSH agent where Pulumi runs."),
};

export const sshEndpointSchema: z.ZodType<SshEndpoint, unknown> = z.strictObject({
  ...endpointShape,
  get proxy() {
    return z.optional(sshEndpointSchema).describe("Jump host, same keys.");
  },
});

export const mysqlAccessSchema: z.ZodType<MysqlAccess, unknown> = z
  .strictObject({
    through: z
      .enum(["socket", "tunnel", "direct"])
      .default("socket")
      .describe("socket and tunnel go through SSH; direct is TCP from where Pulumi runs."),
    socketPath: absolutePath.default("/var/lib/mysql/mysql.sock").describe("Server socket on the node."),
    host: hostName.default("127.0.0.1").describe("For tunnel (as seen from the node) and direct."),
    port: portNumber.default(3306),
    optionFile: absolutePath
      .optional()
      .describe(
        "Client option file on the node with user and password, such as /root/.my.cnf. Read at use, stored nowhere.",
      ),
    user: text.optional().describe("Account, with the secret setting primaryMysqlPassword or secondaryMysqlPassword."),
    startService: argv.optional().describe("Starts the MySQL server; absent: a server that is down is not started."),
  })
  .refine((access) => Boolean(access.optionFile) !== Boolean(access.user), {
    message: "give either optionFile (account and password on the node) or user (password as secret setting)",
  });

export const gatewayServiceSchema: z.ZodType<GatewayService, unknown> = z.strictObject({
  address: hostName.default("127.0.0.1").describe("Address on which the gateway listens."),
  ports: z.array(portNumber).default([8080, 8443]),
  processPattern: text
    .default("^/opt/SecureSpan/JDK/")
    .describe("pgrep -f pattern of the gateway's processes: stopped means that none is left."),
  start: argv.default(["service", "ssg", "start"]),
  stop: argv.default(["service", "ssg", "stop"]),
  status: argv.default(["service", "ssg", "status"]),
  pingUrl: z.url().optional().describe("Asked on the host after a start, such as http://127.0.0.1:8080/ssg/ping."),
  propertiesFile: absolutePath.optional().describe("node.properties of the gateway, to check the failover order."),
});

const hostShape = {
  name: text.describe("Name used in messages."),
  connection: sshEndpointSchema,
  become: z.enum(["none", "sudo"]).default("none").describe("How the login user becomes root."),
  gateway: gatewayServiceSchema.optional().describe("Absent: no gateway runs on this host."),
  stateFolder: lastingFolder
    .default("/var/lib/replication-pair")
    .describe("Lock, journal and fence marker; outside MySQL's data folder."),
};

export const hostSchema: z.ZodType<Host, unknown> = z.strictObject(hostShape);

const databaseShape = {
  ...hostShape,
  mysql: mysqlAccessSchema,
  replication: z
    .strictObject({
      host: hostName.describe("How the other node reaches this server."),
      port: portNumber.default(3306).describe("Some appliances replicate on 3307."),
      bindAddress: hostName
        .optional()
        .describe("Address from which this server calls the other; for hosts with several."),
    })
    .describe("The addresses of the links."),
  backupFolder: lastingFolder.default("/var/backups/replication-pair"),
  clientFolder: absolutePath.optional().describe("Folder of mysql and mysqldump; absent: PATH."),
};

export const databaseNodeSchema = z.strictObject(databaseShape);

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day in UTC, such as "22:00"');

export const policySchema: z.ZodType<Policy, unknown> = z.strictObject({
  donor: z.enum(["primary", "secondary"]).default("primary").describe("Whose data is kept."),
  remedies: z
    .array(z.enum(["start-server", "start-threads", "repoint", "reinitialise"]))
    .default(["start-server", "start-threads", "repoint", "reinitialise"])
    .describe("What `pulumi up` may do. The mildest one that helps is taken."),
  recipientOnlyRows: z
    .enum(["refuse", "save-and-discard"])
    .default("refuse")
    .describe("Rows that only the recipient has. Saved means: written to a file on the donor first."),
  gatewayStopSeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(180)
    .describe("A gateway that has not stopped by then: the run is undone."),
  gatewayStartSeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(600)
    .describe("A gateway that does not serve by then after its start is an error."),
  confirmedRun: text
    .optional()
    .describe(
      "Id of a run that was cut short: go on with it although its journal is lost or its fence was lifted by hand.",
    ),
  maintenanceWindow: z
    .strictObject({ start: timeOfDay, end: timeOfDay })
    .optional()
    .describe("UTC. A reinitialisation starts only inside it; absent: at any time."),
  guardSeconds: z
    .int()
    .min(30)
    .max(3600)
    .default(300)
    .describe("Gateways that were stopped are started again when the run was not heard of for so long."),
});

export const pairShape = {
  profile: z.enum(["layer7-gateway", "plain-mysql"]).default("layer7-gateway"),
  procedure: z.enum(["vendor"]).default("vendor").describe("vendor: the article's, gateways stopped."),
  primary: databaseNodeSchema.describe("First in the gateways' failover order."),
  secondary: databaseNodeSchema.describe("Second in the gateways' failover order."),
  processingNodes: z.array(hostSchema).default([]).describe("Gateway hosts without a database."),
  applicationAccounts: z
    .array(text)
    .default(["gateway"])
    .describe("MySQL accounts of the application: their sessions prove who serves."),
  policy: policySchema.prefault({}),
  triggers: z.array(z.string()).default([]).describe("Any change forces a reinitialisation of a healthy pair, once."),
};

export const pairSchema = z
  .strictObject(pairShape)
  .superRefine((pair, context) => {
    const [a, b] = [pair.primary.replication, pair.secondary.replication];
    if (a.host === b.host && a.port === b.port)
      context.addIssue({
        code: "custom",
        path: ["secondary", "replication", "host"],
        message: `is the same server as the primary (${a.host}:${a.port}); name two different servers`,
      });
    const names = [pair.primary, pair.secondary, ...pair.processingNodes].map((host) => host.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice) context.addIssue({ code: "custom", path: ["processingNodes"], message: `"${twice}" is named twice` });
  })
  .transform(
    (pair): Pair => ({
      ...pair,
      primary: { ...pair.primary, side: "primary" } satisfies DatabaseNode,
      secondary: { ...pair.secondary, side: "secondary" } satisfies DatabaseNode,
    }),
  );

/** The pair as the program writes it, before defaults. */
export type PairInput = z.input<typeof pairSchema>;

/** One line per wrong key: "primary.connection.hostKey: must be ...". */
export const problems = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.flatMap((issue) => {
    const at = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    const path = at.replace(/^\./, "");
    if (issue.code !== "unrecognized_keys") return [{ path, message: missing(issue) ?? issue.message }];
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: "is not a setting; check its spelling",
    }));
  });

const missing = (issue: z.core.$ZodIssue): string | undefined =>
  issue.code === "invalid_type" && issue.message.endsWith("received undefined")
    ? `is missing (${issue.expected}); see stacks/Pulumi.example.yaml`
    : undefined;
