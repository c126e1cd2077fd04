import type { Lab } from "../../../lab/lab.ts";
import { signal } from "../../../lab/processes.ts";
import type { Side } from "../../../lab/record.ts";
import { waitFor } from "../../../lab/wait.ts";
import { bothServed } from "../carry-by-hand.ts";
import { asFarAsReachable, type Fault } from "../fault.ts";
import type { Excuses } from "../invariants/all.ts";
import { isUp, mysqldPid } from "../invariants/scene.ts";
import { donor, recipient } from "../nodes.ts";

const send = (lab: Lab, side: Side, name: NodeJS.Signals): void => {
  const pid = mysqldPid(lab, side);
  if (pid) signal(pid, name);
};

/** No gateway can serve without the donor, so none is started; all guards stay, and try. */
const withoutDonor: Excuses = { primary: [7, 11, 12], secondary: [7, 12], processing: [7, 12] };
const excusesOf = (side: Side): Excuses => (side === donor ? withoutDonor : {});

const killed = (side: Side, role: string): Fault => ({
  name: `kill-${role}`,
  expects: asFarAsReachable,
  at: () => side,
  excuses: excusesOf(side),
  async inject({ lab }) {
    send(lab, side, "SIGKILL");
    await waitFor(`the ${role}'s server to be gone`, async () => !(await isUp(lab, side)), 10_000);
  },
  heal: (lab) => lab.server(side, "start"),
});

const stopped = (side: Side, role: string): Fault => ({
  name: `sigstop-${role}`,
  expects: asFarAsReachable,
  at: () => side,
  excuses: excusesOf(side),
  inject: async ({ lab }) => send(lab, side, "SIGSTOP"),
  heal: async (lab) => send(lab, side, "SIGCONT"),
});

export const killDonor: Fault = { ...killed(donor, "donor"), mayRefuse: bothServed };
export const killRecipient = killed(recipient, "recipient");
export const stopDonor: Fault = { ...stopped(donor, "donor"), mayRefuse: bothServed };
export const stopRecipient: Fault = { ...stopped(recipient, "recipient"), waits: true };
