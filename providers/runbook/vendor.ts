import type { Step } from "./step.ts";
import { backup } from "./steps/backup.ts";
import { clone } from "./steps/clone.ts";
import { compare } from "./steps/compare.ts";
import { fence } from "./steps/fence.ts";
import { preflight } from "./steps/preflight.ts";
import { reset } from "./steps/reset.ts";
import { startGateways } from "./steps/start-gateways.ts";
import { stopGateways } from "./steps/stop-gateways.ts";
import { stopLinks } from "./steps/stop-links.ts";
import { verify } from "./steps/verify.ts";
import { wireDonor } from "./steps/wire-donor.ts";
import { wireRecipient } from "./steps/wire-recipient.ts";

/** The article's procedure (KB000044402), in this order; README says where it departs from the article and why. */
export const vendor: readonly Step[] = [
  preflight,
  backup,
  stopLinks,
  stopGateways,
  compare,
  fence,
  reset,
  clone,
  wireRecipient,
  wireDonor,
  startGateways,
  verify,
];
