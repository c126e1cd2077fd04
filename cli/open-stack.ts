import { type OpenedPair, openPair } from "../providers/replication-pair/open-pair.ts";
import { readConfig, readSecrets } from "../stacks/config.ts";
import { command } from "../tools/command.ts";
import { SetupError } from "../tools/setup-error.ts";

const LIMIT_MS = 60_000;

/**
 * The pair of a stack, from its configuration alone: no state is read, and the engine's lock is not needed, so it works
 * while an `up` is at work or after one was killed. Secrets come by a pipe from the CLI, which decrypts them.
 */
export const withStack = async <T>(stack: string | undefined, work: (opened: OpenedPair) => Promise<T>): Promise<T> => {
  const words = ["pulumi", "config", "--show-secrets", "--json", "--non-interactive"];
  const text = await command("npx", stack === undefined ? words : [...words, "--stack", stack], {
    timeoutMs: LIMIT_MS,
  });
  const config = Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, { value?: string }>).map(([key, { value }]) => [key, value]),
  );
  const opened = openPair(checked(config), readSecrets(config));
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
};

const checked = (config: Readonly<Record<string, string | undefined>>) => {
  try {
    return readConfig(config).checked;
  } catch (error) {
    throw new SetupError((error as Error).message, { cause: error });
  }
};
