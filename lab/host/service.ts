import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "../record.ts";
import { run } from "../run.ts";

/** Runs the host's `service` command as a login on it would, with the host's own environment. */
export async function hostService(
  host: LabHost,
  service: "ssg",
  verb: "start" | "stop",
  limitMs: number,
): Promise<void> {
  const command = join(host.folder, "bin/service");
  if (!existsSync(command)) return; // a lab whose first start was cut off
  await run(
    "sh",
    ["-c", '. "$1/libexec/environment" && exec "$1/bin/service" "$2" "$3"', "sh", host.folder, service, verb],
    {
      timeoutMs: limitMs,
      // 2: it was not running.
      ...(verb === "stop" ? { accept: [0, 2] } : {}),
      called: `service ${service} ${verb} on ${host.name}`,
    },
  );
}
