import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../../tools/command.ts";
import { binFolder } from "../../tools/find-pulumi.ts";
import { type Say, sayOnStderr } from "../../tools/say.ts";
import { quoted } from "../shell-text.ts";
