import { writeFileSync } from "node:fs";
import { configSchema } from "./config-schema.ts";

// npm run schema: the generated file is committed; a test compares it with what the code says today.
const file = new URL("./config.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(configSchema(), null, 2)}\n`);
console.log(`wrote ${file.pathname}`);
