import { main } from "@pulumi/pulumi/provider/index.js";
import { commandProvider } from "./provider.ts";

/** Started by the engine with its address. Prints the port that it listens on, and nothing else on stdout. */
await main(commandProvider, process.argv.slice(2));
