import { randomUUID } from "node:crypto";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { type Changes, changesBetween } from "./changes.ts";
import { closeLinks, wordsOf } from "./connection.ts";
import { copyToRemote } from "./copy-to-remote.ts";
import { pluginVersion } from "./plugin-version.ts";
import type { Properties } from "./properties.ts";
import { runCommand } from "./remote-command.ts";

const commandType = "command:remote:Command";
const copyType = "command:remote:CopyToRemote";

/** Type of a resource: third part of its URN, without the types of its parents. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** Serves the two resource types that the project uses, with the fields and outputs of the official plugin. */
export const commandProvider: Provider = {
  version: pluginVersion,
  schema: JSON.stringify({ name: "command", version: pluginVersion, resources: { [commandType]: {}, [copyType]: {} } }),
  check: async (urn, _olds, news) => ({ inputs: news, failures: failuresOf(typeOf(urn)) }),
  diff: async (_id, _urn, olds, news): Promise<Changes> => changesBetween(olds, news),
  create: (urn, inputs) => told(async () => ({ id: randomUUID(), outs: await work(urn, "create", inputs, {}) })),
  update: (_id, urn, olds, news) => told(async () => ({ outs: await work(urn, "update", news, olds) })),
  delete: (_id, urn, props) =>
    told(async () => {
      if (typeOf(urn) === commandType && props.delete) await runCommand(urn, "delete", props, props);
    }),
  cancel: closeLinks,
};

function failuresOf(type: string): { property: string; reason: string }[] {
  if (type === commandType || type === copyType) return [];
  const reason = `${type} is not served by the lab's stand-in for the command plugin, only ${commandType} and ${copyType}`;
  return [{ property: "", reason }];
}

const work = (urn: string, verb: "create" | "update", inputs: Properties, olds: Properties): Promise<Properties> =>
  typeOf(urn) === copyType ? copyToRemote(inputs) : runCommand(urn, verb, inputs, olds);

/** The engine shows the message alone, so it must say all. */
async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(wordsOf(error), { cause: error });
  }
}
