import { main } from "@pulumi/pulumi/provider/index.js";
import { commandProvider } from "./provider.ts";

/** A killed engine ends nobody: a plugin that has lost its parent ends itself. */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, 1_000).unref();

/** Started by the engine with its address. Prints the port that it listens on, and nothing else on stdout. */
void main(commandProvider, process.argv.slice(2));
