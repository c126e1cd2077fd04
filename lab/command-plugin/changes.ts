import { isDeepStrictEqual } from "node:util";
import { type Properties, plain } from "./properties.ts";

export interface Changes {
  readonly changes: boolean;
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
}

/** What the program does not set. */
const outputKeys = new Set(["stdout", "stderr"]);

/**
 * Old outputs against new inputs. As in the plugin that this stands in for, changed triggers replace the resource,
 * unless it has an `update` command.
 */
export function changesBetween(olds: Properties, news: Properties): Changes {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const changed = [...keys].filter((key) => !outputKeys.has(key) && !isSame(olds[key], news[key]));
  const replaces = changed.filter((key) => key === "triggers" && !plain(news.update));
  return { changes: changed.length > 0, replaces, deleteBeforeReplace: true };
}

const isSame = (old: unknown, fresh: unknown): boolean => isDeepStrictEqual(comparable(old), comparable(fresh));

/** Without nulls, which the state drops; of an asset its hash alone, for its text may be stored elsewhere. */
function comparable(value: unknown): unknown {
  const bare = plain(value);
  if (Array.isArray(bare)) return bare.map(comparable);
  if (typeof bare !== "object" || bare === null) return bare ?? undefined;
  const { hash } = bare as Properties;
  if (typeof hash === "string") return { hash };
  const entries = Object.entries(bare).map(([key, its]) => [key, comparable(its)] as const);
  return Object.fromEntries(entries.filter(([, its]) => its !== undefined));
}
