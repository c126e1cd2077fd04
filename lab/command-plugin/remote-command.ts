import { ExecError } from "../../providers/errors.ts";
import { say } from "../../providers/replication-pair/engine-log.ts";
import { withLink } from "./connection.ts";
import { hasSecret, type Properties, plainProperties, secret, textOf } from "./properties.ts";
import { type RemoteResult, runRemote } from "./run-remote.ts";

type Verb = "create" | "update" | "delete";

/** Runs the command of a `command:remote:Command`; the outputs are the inputs as they came, and what it printed. */
export async function runCommand(urn: string, verb: Verb, raw: Properties, olds: Properties): Promise<Properties> {
  const inputs = plainProperties(raw);
  const command = textOf(inputs[verb]) ?? (verb === "update" ? textOf(inputs.create) : undefined);
  const result = command
    ? await withLink(inputs.connection as Properties, (link) =>
        runRemote(link, { command, environment: environmentOf(inputs, olds), stdin: textOf(inputs.stdin) }),
      )
    : { exitCode: 0, stdout: "", stderr: "" };
  const secrets = ["create", "update", "delete", "stdin", "environment"].some((key) => hasSecret(raw[key]));
  if (!secrets) await log(urn, inputs.logging ?? "stdoutAndStderr", result);
  if (result.exitCode !== 0) throw failure(verb, inputs, result, secrets);
  const outcome = { stdout: trimmed(result.stdout), stderr: trimmed(result.stderr) };
  return secrets ? { ...raw, stdout: secret(outcome.stdout), stderr: secret(outcome.stderr) } : { ...raw, ...outcome };
}

/** What the last run printed comes along, unless the program says no. */
function environmentOf(inputs: Properties, olds: Properties): Record<string, string> {
  const { stdout, stderr } = plainProperties(olds);
  const known = inputs.addPreviousOutputInEnv !== false && textOf(stdout) !== undefined;
  const previous = known ? { PULUMI_COMMAND_STDOUT: stdout, PULUMI_COMMAND_STDERR: stderr } : {};
  const all = { ...previous, ...((inputs.environment as Properties | undefined) ?? {}) };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value ?? "")]));
}

async function log(urn: string, logging: unknown, result: RemoteResult): Promise<void> {
  const shown = [
    ...(logging === "stdout" || logging === "stdoutAndStderr" ? [result.stdout] : []),
    ...(logging === "stderr" || logging === "stdoutAndStderr" ? [result.stderr] : []),
  ];
  for (const text of shown) if (text.trim()) await say(urn, { text: text.trimEnd() });
}

/** Never names the command: it may be long, and may hold what is nobody's business. */
function failure(verb: Verb, inputs: Properties, result: RemoteResult, secrets: boolean): ExecError {
  const host = textOf((inputs.connection as Properties).host) ?? "";
  const how = result.exitCode === undefined ? "was ended by a signal" : `ended with exit code ${result.exitCode}`;
  const words = secrets ? " Its output may hold a secret and is not shown." : lastLines(result.stderr || result.stdout);
  const context = { node: host };
  return new ExecError(`${host}: the ${verb} command ${how}.${words}`, result.exitCode ?? 128, result.stderr, context);
}

const trimmed = (text: string): string => text.replace(/\n$/, "");

const lastLines = (text: string): string => (text.trim() ? ` ${text.trim().split("\n").slice(-10).join("\n")}` : "");
