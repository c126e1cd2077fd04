import { z } from "zod";
import { secretKeys, settingsShape } from "./config.ts";

/** JSON schema of a stack file, for the editor: completion, descriptions, errors as you type. */
export const configSchema = (): unknown => {
  const prefixed = Object.entries(settingsShape).map(([key, schema]) => [`replication-pair:${key}`, schema] as const);
  const settings = z.toJSONSchema(z.object(Object.fromEntries(prefixed)), { io: "input", reused: "ref" });
  const { $schema, $defs, properties } = settings as Record<string, unknown>;
  const secrets = Object.fromEntries(
    secretKeys.map((key) => [
      `replication-pair:${key}`,
      { type: "object", required: ["secure"], description: `Secret: pulumi config set --secret ${key}` },
    ]),
  );
  return {
    ...{ $schema, $defs, title: "Stack of replication-pair", type: "object" },
    properties: {
      config: {
        type: "object",
        properties: { ...(properties as object), ...secrets },
        required: ["replication-pair:primary", "replication-pair:secondary"],
        patternProperties: { "^(?!replication-pair:)": {} },
        additionalProperties: false,
      },
    },
  };
};
