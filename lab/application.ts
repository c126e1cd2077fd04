import { createHash } from "node:crypto";
import { join } from "node:path";
import { installGateway } from "./gateway/install.ts";
import { loadControl } from "./gateway/load-control.ts";
import { missingIds } from "./gateway/ledger.ts";
import { secretFile } from "./passwords.ts";
import { addressOf, type LabHost, type LabRecord, hostsOf, type Side, sides } from "./record.ts";
import { run } from "./run.ts";
import { type Say, sayWhile } from "./say.ts";
import { withSql } from "./sql.ts";

export const ledgerFile = (host: LabHost): string => join(host.folder, "ledger");
