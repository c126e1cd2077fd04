import { openSync, writeSync } from "node:fs";

const handles = new Map<string, number>();

/** Appends in one write, so that lines stay whole; files stay open as long as the process lives. */
export function appendLine(file: string, line: string): void {
  let handle = handles.get(file);
  if (handle === undefined) {
    handle = openSync(file, "a", 0o600);
    handles.set(file, handle);
  }
  writeSync(handle, line);
}
