import { parseArgs } from "node:util";
import { SetupError } from "../tools/setup-error.ts";
import { commands } from "./commands.ts";
import { helpText } from "./help.ts";
import { openLab } from "./lab.ts";
import { LabError, reasonOf } from "./lab-error.ts";
import { sayWithClock } from "./say.ts";

/** Exit codes: 0 done; 1 failed, with the reason; 2 not understood. */
async function main(): Promise<number> {
  const { values, positionals } = parseWords();
  const [command = "help", ...words] = positionals;
  if (values.help || command === "help") {
    process.stdout.write(helpText);
    return 0;
  }
  const work = commands[command];
  if (!work) throw new UsageError(`"${command}" is no command of the lab.`);
  const say = sayWithClock();
  return (await work({ lab: openLab(values.name, say), words, values, say })) ?? 0;
}

class UsageError extends LabError {}

function parseWords() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: "string", default: "lab" },
        flavour: { type: "string" },
        profile: { type: "string" },
        rate: { type: "string" },
        link: { type: "string" },
        node: { type: "string" },
        "awkward-passwords": { type: "boolean" },
        "no-stack": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(reasonOf(error), { cause: error });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabError || error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  if (error instanceof UsageError) process.stderr.write('"npm run lab -- help" lists all commands.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
