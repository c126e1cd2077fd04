import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

export type Level = "INFO" | "WARNING" | "SEVERE";

export interface Log {
  (level: Level, source: string, text: string): void;
  /** The same trouble again and again is written once in ten seconds. */
  trouble(source: string, text: string): void;
}

const fileBytesMax = 20_000_000;
const troubleAgainMs = 10_000;

/** A gateway's own log. A full file becomes `fullFile`, and the one before it goes. */
export function openLog(file: string, fullFile: string): Log {
  let handle = openSync(file, "a", 0o600);
  let bytes = fstatSync(handle).size;
  const troubles = new Map<string, number>();
  const write = (level: Level, source: string, text: string): void => {
    bytes += writeSync(handle, logLine(new Date(), level, source, text));
    if (bytes < fileBytesMax) return;
    closeSync(handle);
    renameSync(file, fullFile);
    handle = openSync(file, "a", 0o600);
    bytes = 0;
  };
  const trouble = (source: string, text: string): void => {
    const now = Date.now();
    const key = `${source} ${text}`;
    if (now - (troubles.get(key) ?? 0) < troubleAgainMs) return;
    if (troubles.size > 100) troubles.clear();
    troubles.set(key, now);
    write("WARNING", source, text);
  };
  return Object.assign(write, { trouble });
}

/** One line in the form of the product's log: time, level, thread, class, text. */
export const logLine = (time: Date, level: Level, source: string, text: string): string =>
  `${time.toISOString().replace("Z", "+0000")} ${level.padEnd(7)} 1 com.l7tech.server.${source}: ${text.replace(/\s*\n\s*/g, " ")}\n`;
