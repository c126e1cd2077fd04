import type { Lab } from "../../../lab/lab.ts";
import { recipient } from "../nodes.ts";
import { answering, began, type Invariant, one, succeededSteps } from "./scene.ts";

interface LogEvent {
  readonly Event_type: string;
  readonly Server_id: number;
  readonly Info: string;
}

/** What changes nothing by itself: heads of files and of transactions. */
const FRAME = /^(Format_desc|Previous_gtids|Rotate|Stop|Gtid|Anonymous_Gtid)$/i;

/** Changes that began on the recipient itself, the oldest first; what it has from the donor bears the donor's number. */
const ownChanges = async (lab: Lab): Promise<readonly LogEvent[]> => {
  const { own } = await one<{ own: number }>(lab, recipient, "SELECT @@server_id AS own");
  const found: LogEvent[] = [];
  for (const { Log_name } of await lab.sql<{ Log_name: string }>(recipient, "SHOW BINARY LOGS"))
    found.push(...(await lab.sql<LogEvent>(recipient, "SHOW BINLOG EVENTS IN ?", [Log_name])));
  return found.filter(
    ({ Event_type, Server_id, Info }) =>
      Number(Server_id) === Number(own) && !FRAME.test(Event_type) && Info.trim() !== "BEGIN",
  );
};

/**
 * 9: the donor reads the recipient's log from its beginning. Before that there is no change of the recipient's own; later
 * the first one is the run's token, which it writes when the donor listens: nothing of the load stands before it.
 */
export const recipientLogClean: Invariant = async (scene) => {
  const { lab, moment, journal } = scene;
  const cloned = succeededSteps(scene).includes("clone") && !(moment === "left" && journal?.finished);
  if (!cloned || !(await answering(lab)).includes(recipient)) return [];
  const [first] = await ownChanges(lab);
  if (!first) return moment === "end" ? ["the recipient's log lacks the token of the run"] : [];
  const isToken = began(scene, "wire-donor") && /\breplication_pair\b/.test(first.Info);
  return isToken ? [] : [`the recipient's log has a change of its own: ${first.Event_type} ${first.Info}`];
};
