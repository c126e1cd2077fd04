import type { Finding } from "./finding.ts";
import { linkApplier } from "./link-applier.ts";
import { linkConfigured } from "./link-configured.ts";
import { linkNumbers } from "./link-numbers.ts";
import { linkReceiver } from "./link-receiver.ts";
import { linkRunning } from "./link-running.ts";
import { linkStopped } from "./link-stopped.ts";
import type { LinkView } from "./link-view.ts";

const haltsBoth = ["relay-log-missing", "applier-gaps"];

/** Everything that is wrong with one link; both threads are looked at apart, each cause once, the most specific first. */
export const linkFindings = (view: LinkView): readonly Finding[] => {
  const configured = linkConfigured(view);
  if (configured.length > 0) return configured;
  const applier = linkApplier(view);
  // Without its relay log the receiver cannot run either: that is no second cause.
  const stopped = applier.some(({ code }) => haltsBoth.includes(code)) ? [] : linkStopped(view);
  const threads = [...applier, ...linkReceiver(view), ...stopped];
  const numbers = linkNumbers(view).filter(({ code }) => !threads.some((finding) => finding.code === code));
  // A link that is silent for a known reason needs no second name.
  return threads.length + numbers.length > 0 ? [...threads, ...numbers] : linkRunning(view);
};
