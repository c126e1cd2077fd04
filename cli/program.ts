import { parseArgs } from "node:util";
import { errorText } from "../providers/report/error.ts";
import { SetupError } from "../tools/setup-error.ts";

/** Words that were not understood. */
class UsageError extends SetupError {}

export interface Words {
  /** undefined: the stack that is selected. */
  readonly stack: string | undefined;
  readonly yes: boolean;
}

/** `[stack] [--yes]`, as all commands that act on the nodes take them. */
const parse = (args: readonly string[]): Words & { help: boolean } => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { yes: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    });
    if (positionals.length > 1) throw new TypeError(`one stack, not ${positionals.length}`);
    return { ...values, stack: positionals[0] };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
};

/** Runs a command of `npm run`. Exit codes: 0 done; 1 failed, with the reason; 2 not understood. */
export const program = async (help: string, main: (words: Words) => Promise<number>): Promise<void> => {
  try {
    const { help: asked, ...words } = parse(process.argv.slice(2));
    if (asked) process.stdout.write(help);
    else process.exitCode = await main(words);
  } catch (error) {
    // Ours are told; anything else is a fault of the program and keeps its stack.
    if (!(error instanceof SetupError || "next" in Object(error))) throw error;
    process.stderr.write(`${errorText(error)}\n${error instanceof UsageError ? `\n${help}` : ""}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
};

export const print = (line: string): void => void process.stdout.write(`${line}\n`);
