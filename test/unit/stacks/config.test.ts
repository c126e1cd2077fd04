import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { pairSchema, problems } from "../../../providers/replication-pair/inputs.ts";
import { secretKeys, settingsShape } from "../../../stacks/config.ts";
import { configSchema } from "../../../stacks/config-schema.ts";

const stacks = new URL("../../../stacks/", import.meta.url);
const exampleText = readFileSync(new URL("Pulumi.example.yaml", stacks), "utf8");
const settings = (text: string): Record<string, unknown> => {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("replication-pair:", ""), value]),
  );
};
// biome-ignore lint/suspicious/noExplicitAny: a settings file in the making has no type yet
type Draft = Record<string, any>;
const wrong = (change: (settings: Draft) => void): string[] => {
  const changed: Draft = settings(exampleText);
  change(changed);
  const checked = pairSchema.safeParse(changed);
  return checked.success ? [] : problems(checked.error).map(({ path, message }) => `${path}: ${message}`);
};

/** Names under every `properties` of a JSON schema. */
const propertyNames = (schema: unknown): string[] => {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(propertyNames)];
};

describe("stack configuration", () => {
  it("parses the example file", () => {
    const pair = pairSchema.parse(settings(exampleText));
    assert.equal(pair.primary.side, "primary");
    assert.equal(pair.primary.connection.port, 22);
    assert.deepEqual(pair.policy.remedies, ["start-server", "start-threads", "repoint", "reinitialise"]);
    assert.equal(pair.policy.recipientOnlyRows, "refuse");
    assert.deepEqual(pair.secondary.gateway?.ports, [8080, 8443]);
  });

  it("names every key of the schema in the example file", () => {
    const missing = propertyNames(configSchema()).filter((key) => !exampleText.includes(`${key.split(":").at(-1)}`));
    assert.deepEqual(missing, []);
    for (const key of [...Object.keys(settingsShape), ...secretKeys]) assert.ok(exampleText.includes(key), key);
  });

  it("keeps the committed JSON schema in step with the code", () => {
    const committed = JSON.parse(readFileSync(new URL("config.schema.json", stacks), "utf8"));
    assert.deepEqual(committed, JSON.parse(JSON.stringify(configSchema())), "run npm run schema");
  });

  it("tells every error at once, with path and what would be right", () => {
    const found = wrong((s) => {
      s.primary.connection.hostKey = "SHA256:abc";
      s.primary.mysql.port = 70000;
      delete s.secondary.connection.host;
      s.secondary.replcation = {};
      s.policy.donor = "both";
    });
    assert.equal(found.length, 5, found.join("\n"));
    assert.match(found.join("\n"), /^primary\.connection\.hostKey: must be the public host key/m);
    assert.match(found.join("\n"), /^primary\.mysql\.port: /m);
    assert.match(found.join("\n"), /^secondary\.connection\.host: is missing/m);
    assert.match(found.join("\n"), /^secondary\.replcation: is not a setting/m);
    assert.match(found.join("\n"), /^policy\.donor: .*primary.*secondary/m);
  });

  it("refuses two sides that are one server, and two ways to log in", () => {
    assert.match(
      wrong((s) => {
        s.secondary.replication.host = s.primary.replication.host;
      }).join(),
      /same server as the primary/,
    );
    assert.match(
      wrong((s) => {
        s.primary.mysql.user = "root";
      }).join(),
      /either optionFile .* or user/,
    );
    assert.match(wrong((s) => void delete s.primary.mysql.optionFile).join(), /either optionFile .* or user/);
  });

  it("refuses host names that a client would take for an option", () => {
    assert.match(
      wrong((s) => {
        s.primary.connection.host = "-oProxyCommand=id";
      }).join(),
      /must be a host name/,
    );
    assert.match(
      wrong((s) => {
        s.primary.stateFolder = "relative";
      }).join(),
      /absolute path/,
    );
  });

  it("keeps journals and backups out of folders that are cleaned away", () => {
    for (const folder of ["/tmp", "/tmp/pair", "/var/../var/tmp/pair", "/dev/shm/pair", "/run/pair"])
      for (const key of ["stateFolder", "backupFolder"] as const)
        assert.match(
          wrong((s) => {
            s.primary[key] = folder;
          }).join(),
          /must be a folder that lasts/,
          `${key} ${folder}`,
        );
  });
});
