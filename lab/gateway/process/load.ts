import { ledgerLine, unknownLedger } from "../ledger.ts";
import { readLoad } from "../load-control.ts";
import { appendLine } from "./append-line.ts";
import { insertAudit } from "./audit.ts";
import { committedText, type Gateway, reasonOf } from "./gateway.ts";
import { goidText } from "./goid.ts";
import { pace } from "./pace.ts";
import type { Session } from "./session.ts";
import { CommitUnknown, commit } from "./transaction.ts";

const lookMs = 500;
const tickMsMin = 10;

interface Worker {
  readonly session: Session;
  /** When it may serve again: at once, or after a pause when the database refused. */
  freeAtMs: number;
  serving: Promise<void> | undefined;
}

/** Serves requests at the rate of the control file, as many at a time as there are sessions. */
export function startLoad(gateway: Gateway, sessions: readonly Session[], loadFile: string): { stop(): Promise<void> } {
  const workers = sessions.map((session): Worker => ({ session, freeAtMs: 0, serving: undefined }));
  const requests = pace();
  let ratePerSecond = 0;
  const look = (): void => {
    const load = readLoad(loadFile);
    ratePerSecond = load.running ? load.ratePerSecond : 0;
  };
  const tick = (): void => {
    const now = Date.now();
    const free = workers.filter((worker) => !worker.serving && worker.freeAtMs <= now);
    for (const worker of free.slice(0, requests.due(now, ratePerSecond, free.length)))
      worker.serving = serve(gateway, worker).finally(() => {
        worker.serving = undefined;
      });
    timer = setTimeout(tick, ratePerSecond > 0 ? Math.min(lookMs, Math.max(tickMsMin, 1000 / ratePerSecond)) : lookMs);
  };
  let timer: NodeJS.Timeout | undefined;
  look();
  tick();
  const looks = setInterval(look, lookMs);
  return {
    stop: async () => {
      clearInterval(looks);
      clearTimeout(timer);
      await Promise.all(workers.map(({ serving }) => serving));
    },
  };
}

async function serve(gateway: Gateway, worker: Worker): Promise<void> {
  const { log, settings } = gateway;
  const goid = gateway.newGoid();
  const id = goidText(goid);
  try {
    const database = await commit(worker.session, (sql) => insertAudit(sql, gateway, goid));
    appendLine(settings.ledgerFile, ledgerLine({ id, database, epochMs: Date.now() }));
    log("INFO", "hibernate", committedText(database, `audit ${id}`));
    gateway.requests += 1;
  } catch (error) {
    worker.freeAtMs = Date.now() + settings.timing.retryMs;
    if (error instanceof CommitUnknown)
      appendLine(unknownLedger(settings.ledgerFile), ledgerLine({ id, database: error.database, epochMs: Date.now() }));
    log.trouble("MessageProcessor", `Request failed: ${reasonOf(error)}`);
  }
}
