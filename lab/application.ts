import { createHash } from "node:crypto";
import { join } from "node:path";
import { installGateway } from "./gateway/install.ts";
import { missingIds } from "./gateway/ledger.ts";
import { loadControl } from "./gateway/load-control.ts";
import { secretFile } from "./passwords.ts";
import { addressOf, hostsOf, type LabHost, type LabRecord, type Side, sides } from "./record.ts";
import { run } from "./run.ts";
import { type Say, sayWhile } from "./say.ts";
import { withSql } from "./sql.ts";

export const ledgerFile = (host: LabHost): string => join(host.folder, "ledger");
