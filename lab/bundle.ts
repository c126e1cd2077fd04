import { renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/**
 * A program of the lab in one file of JavaScript, for `node file`: those that are started again and again would take four
 * times as much of the processor with a loader of TypeScript. Whoever starts it meanwhile gets the whole old or new one.
 */
export const bundle = (main: URL, file: string): void => {
  const fresh = `${file}.new-${process.pid}`;
  buildSync({
    ...{ entryPoints: [fileURLToPath(main)], bundle: true, platform: "node", format: "cjs", outfile: fresh },
    // Compiled parts are optional where they are used.
    external: ["*.node"],
    logLevel: "error",
  });
  renameSync(fresh, file);
};
