import { readFileSync } from "node:fs";
import type { Journal } from "../../../providers/runbook/journal.ts";
import { donor, isFenced, journalOn, recipient, sides, stateFile } from "../nodes.ts";
import { fenceOf } from "./fence.ts";
import type { Invariant, Scene, Violation } from "./scene.ts";

interface Marker {
  readonly runId: string;
  readonly donor: { readonly serverUuid: string };
  readonly recipient: { readonly serverUuid: string };
}

/** Two copies of one journal: the shorter one is the beginning of the longer one, and lacks its last word at most. */
const copiesApart = ({ lab }: Scene): readonly Violation[] => {
  const copies = sides
    .flatMap((side) => {
      const journal = journalOn(lab, side);
      return journal ? [{ side, journal }] : [];
    })
    .sort((a, b) => b.journal.events.length - a.journal.events.length);
  const [long, short] = copies;
  if (!long) return [];
  // Its first word is its last one there.
  if (!short) return long.journal.events.length > 1 ? [`only the ${long.side} has a journal`] : [];
  const apart = (what: string): readonly Violation[] => [{ host: short.side, text: `the journals differ: ${what}` }];
  if (long.journal.runId !== short.journal.runId) return apart(`run ${long.journal.runId}, run ${short.journal.runId}`);
  const beginning = (its: Journal): string => JSON.stringify(its.events.slice(0, short.journal.events.length));
  if (beginning(long.journal) !== beginning(short.journal)) return apart("they tell different things");
  const more = long.journal.events.length - short.journal.events.length;
  return more > 1 ? apart(`the ${short.side}'s lacks ${more} events`) : [];
};

/** The marker stands where the journal says that there is a fence, nowhere else, and is of that run and those servers. */
const markerApart = ({ lab, journal, before }: Scene): readonly Violation[] => {
  const fence = journal && !journal.finished ? fenceOf(journal) : "none";
  const onRecipient = (text: string): readonly Violation[] => [{ host: recipient, text }];
  if (!isFenced(lab)) return fence === "closed" ? onRecipient("its fence has no marker") : [];
  if (fence === "none" || fence === "lifted") return onRecipient("a fence marker stands that no run accounts for");
  const marker = JSON.parse(readFileSync(stateFile(lab, recipient, "fence.json"), "utf8")) as Marker;
  const isOf =
    marker.runId === journal?.runId &&
    marker.donor.serverUuid === before.uuid[donor] &&
    marker.recipient.serverUuid === before.uuid[recipient];
  return isOf ? [] : onRecipient(`the fence marker is of ${JSON.stringify(marker)}`);
};

/** 5, as the nodes have it; what is told of it takes commands more, and is looked at apart. */
export const oneState: Invariant = async (scene) => [
  ...(/^S[0-6]$/.test(scene.state) ? [] : [`the journal is in the state ${scene.state}`]),
  // What could not be written there when it happened is written by the next run.
  ...(scene.moment === "healed" ? [] : copiesApart(scene)),
  ...markerApart(scene),
];
