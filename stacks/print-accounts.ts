import { parseArgs } from "node:util";
import { accountText } from "../providers/mysql/account-text.ts";
import { dialectFor } from "../providers/mysql/dialect-for.ts";

const usage = `
Prints the statements that make the MySQL account with which a pair is watched or repaired, with the least rights.

  npm run -s accounts -- --server VERSION --role monitor|repair
      --server V    5.6, 5.7, 8.0, 8.4, 9, mariadb, or what SELECT VERSION() says on the server
      --role R      monitor: refresh and preview; repair: up
      --user NAME   pair_monitor, pair_repair
      --host HOST   localhost: from where the account logs in, as the server sees it (socket and tunnel: the node itself)
      --schema S    for the monitor: a schema whose contents are compared; may be given again (ssg)

Then, for each side: mysql.user (and no mysql.optionFile) in the stack's settings, and the password typed at the prompt of
  npx pulumi config set --secret primaryMysqlPassword
  npx pulumi config set --secret secondaryMysqlPassword
`;

/** Of a series that is named alone. */
const newestOf: Readonly<Record<string, string>> = { mariadb: "11.8-MariaDB", "8.0": "8.0.46" };

const read = () => {
  const { values } = parseArgs({
    options: {
      server: { type: "string" },
      role: { type: "string" },
      user: { type: "string" },
      host: { type: "string", default: "localhost" },
      schema: { type: "string", multiple: true, default: ["ssg"] },
    },
  });
  const { server = "", role, user = `pair_${role}`, host, schema } = values;
  const version = newestOf[server] ?? server;
  if (!/^\d/.test(version)) throw new Error("--server is missing, or is no version");
  if (role !== "monitor" && role !== "repair") throw new Error("--role is monitor or repair");
  const dialect = dialectFor(version, "");
  return { dialect, request: { role, user, host, schemas: schema } as const };
};

try {
  const { dialect, request } = read();
  process.stdout.write(accountText(dialect, request));
} catch (error) {
  process.stderr.write(`${(error as Error).message}.\n${usage}`);
  process.exitCode = 2;
}
