import { LabError } from "../lab-error.ts";
import type { Break } from "./break.ts";
import { bothSides, purgedLog } from "./logs.ts";
import { duplicateKey, missingRow, oneLink } from "./rows.ts";
import { killServer } from "./server.ts";
import { notConfigured, wrongHost, wrongPassword } from "./settings.ts";
import { stopThreads } from "./threads.ts";

export const breaks: readonly Break[] = [
  stopThreads,
  killServer,
  duplicateKey,
  missingRow,
  purgedLog,
  wrongPassword,
  wrongHost,
  notConfigured,
  bothSides,
  oneLink,
];

export function findBreak(name: string): Break {
  const found = breaks.find((its) => its.name === name);
  if (found) return found;
  const list = breaks.map((its) => `  ${its.name.padEnd(15)} ${its.summary}`).join("\n");
  throw new LabError(`${name ? `"${name}" is no way to break the lab` : "Say how to break it"}. There are:\n${list}`);
}
