import { connect } from "node:net";
import mysql from "mysql2/promise";
import type { Lab } from "../../../lab/lab.ts";
import { secret } from "../../../lab/passwords.ts";
import type { Side } from "../../../lab/record.ts";
import type { Journal } from "../../../providers/runbook/journal.ts";
import { addressOf, isFenced, recipient, sides } from "../nodes.ts";
import { answering, type Invariant, lastOf } from "./scene.ts";

const LOGIN_MS = 30_000;
/** What offline_mode says to whom it does not let in; any other refusal would prove nothing of the fence. */
const OFFLINE = 3032;

/** closing: its marker may stand already, which comes first. lifting: the run itself may have let logins in again. */
type Fence = "none" | "closing" | "closed" | "lifting" | "lifted";

/** How the fence must be by what the run has written down before each act. */
export const fenceOf = (journal: Journal | undefined): Fence =>
  (journal?.events ?? []).reduce<Fence>((before, { step, kind }) => {
    const event = `${step} ${kind}`;
    if (event === "fence started") return before === "closed" ? "closed" : "closing";
    if (event === "fence succeeded" || event === "fence skipped") return "closed";
    if (event === "fence undone") return "none";
    // The recipient's half of it may have been done.
    if (event === "fence undo-failed") return "lifting";
    if (event === "wire-donor started") return "lifting";
    if (event === "wire-donor succeeded") return "lifted";
    // A halt closes it again.
    if (event === "wire-donor failed" && before === "lifting") return "closed";
    // The last look has found a difference.
    if (event === "verify noted") return "closing";
    if (event === "verify failed" && before === "closing") return "closed";
    return before;
  }, "none");

/** Number of the refusal, 0 where it is let in. From an address for which the application's account is made. */
const applicationLogin = async (lab: Lab, side: Side): Promise<number | string> => {
  const record = lab.record();
  const to = { host: addressOf(lab, side), port: record.ports.mysql, localAddress: addressOf(lab, "processing") };
  try {
    const connection = await mysql.createConnection({
      // The driver has an option localAddress, and does not heed it.
      stream: () => connect(to),
      user: "gateway",
      password: secret(record, "gateway"),
      connectTimeout: LOGIN_MS,
    });
    connection.destroy();
    return 0;
  } catch (error) {
    const { errno, code } = error as NodeJS.ErrnoException;
    return errno ?? code ?? String(error);
  }
};

/** 3: and when all is healthy the very same login succeeds, so that its refusal was the fence's. */
export const fenceRefusesLogins: Invariant = async (scene) => {
  const { lab, journal, moment, up, host } = scene;
  if (moment === "end") {
    const answers = await Promise.all(sides.map((side) => applicationLogin(lab, side)));
    return sides.flatMap((side, index) =>
      answers[index] === 0 ? [] : [`the application cannot log in to the ${side}: ${answers[index]}`],
    );
  }
  const fence = fenceOf(journal);
  if (!isFenced(lab) || fence === "closing" || fence === "lifting") return [];
  // Out of reach just when logins were let in for the donor's link: the run has to say so, the next one closes it.
  const outOfReach = host === recipient && lastOf(scene, "wire-donor") === "failed";
  if (outOfReach && /closing the fence failed/.test(up.output)) return [];
  if (!(await answering(lab)).includes(recipient)) return [];
  const answer = await applicationLogin(lab, recipient);
  if (answer === OFFLINE) return [];
  const what = answer === 0 ? "and yet lets the application in" : `and yet answers the application with ${answer}`;
  return [{ host: recipient, text: `the recipient is fenced, ${what}` }];
};
