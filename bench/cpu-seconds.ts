import { spawn } from "node:child_process";
import { once } from "node:events";

/** bash runs the command and prints the CPU time of all that it waited for, as the last line. */
const script = `"$@"; status=$?; times; exit $status`;

const limitMs = 10 * 60_000;

/** Runs a command; user and system seconds of it and of all its descendants. Throws with its output when it fails. */
export async function cpuSeconds(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn("bash", ["-c", script, "bash", ...words], { cwd, env, timeout: limitMs });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = await once(child, "close");
  const text = Buffer.concat(output).toString();
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}:\n${text}`);
  return secondsOf(text.trim().split("\n").at(-1) ?? "");
}

/** "0m3.210s 0m0.480s" -> 3.69 */
export function secondsOf(line: string): number {
  const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`bash printed no times: ${line}`);
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
