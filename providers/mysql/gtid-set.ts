/** [first, last], both inside. Numbers stay below 2^63; a double holds those that servers reach (2^53) exactly. */
export type Interval = readonly [first: number, last: number];

/** Intervals by source, "uuid" or, from MySQL 8.3 on, "uuid:tag"; sorted, apart from each other. */
export type GtidSet = ReadonlyMap<string, readonly Interval[]>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const tagPattern = /^[a-z_][a-z0-9_]{0,31}$/;
const intervalPattern = /^(\d+)(?:-(\d+))?$/;

/** Reads what servers print: line breaks, blanks, a leading "+" (a dump's), tags. Throws SyntaxError on anything else. */
export const parseGtidSet = (text: string): GtidSet => {
  const found = new Map<string, Interval[]>();
  const parts = text.replace(/^\s*\+/, "").split(",");
  for (const part of parts.map((piece) => piece.trim().toLowerCase()).filter(Boolean)) addPart(found, part);
  return new Map([...found].map(([source, intervals]) => [source, merge(intervals)]));
};

/** "uuid:1-5:7:tag:1-3": a tag holds for the intervals after it. */
const addPart = (found: Map<string, Interval[]>, part: string): void => {
  const [uuid = "", ...pieces] = part.split(":").map((piece) => piece.trim());
  if (!uuidPattern.test(uuid)) throw new SyntaxError(`"${part}" is not a part of a GTID set`);
  let source = uuid;
  for (const piece of pieces) {
    const match = intervalPattern.exec(piece);
    if (!match && !tagPattern.test(piece))
      throw new SyntaxError(`"${piece}" is neither an interval nor a tag of a GTID set`);
    if (!match) {
      source = `${uuid}:${piece}`;
      continue;
    }
    const first = Number(match[1]);
    found.set(source, [...(found.get(source) ?? []), [first, Number(match[2] ?? match[1])]]);
  }
};

const merge = (intervals: readonly Interval[]): readonly Interval[] => {
  const merged: [number, number][] = [];
  for (const [first, last] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else if (first <= last) merged.push([first, last]);
  }
  return merged;
};

/** What `from` has and `taken` lacks; as GTID_SUBTRACT. */
export const subtractGtid = (from: GtidSet, taken: GtidSet): GtidSet => {
  const left = [...from].map(([source, intervals]): [string, readonly Interval[]] => [
    source,
    (taken.get(source) ?? []).reduce(cut, intervals),
  ]);
  return new Map(left.filter(([, intervals]) => intervals.length > 0));
};

const cut = (intervals: readonly Interval[], [first, last]: Interval): readonly Interval[] =>
  intervals.flatMap(([a, b]): Interval[] => {
    if (last < a || first > b) return [[a, b]];
    return (
      [
        [a, first - 1],
        [last + 1, b],
      ] as const
    ).filter(([from, to]) => from <= to);
  });

/** Every transaction of `inner` is in `outer`; as GTID_SUBSET. */
export const containsGtid = (outer: GtidSet, inner: GtidSet): boolean => subtractGtid(inner, outer).size === 0;

/** The part of a set that bears this server_uuid, with any tag. */
export const ofServer = (set: GtidSet, uuid: string): GtidSet =>
  new Map([...set].filter(([source]) => source.split(":")[0] === uuid.toLowerCase()));

export const countGtid = (set: GtidSet): number =>
  [...set.values()].flat().reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** As MySQL prints it, on one line: "uuid:1-5:7,uuid:tag:1-3". Empty: "". */
export const formatGtidSet = (set: GtidSet): string =>
  [...set]
    .filter(([, intervals]) => intervals.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, intervals]) => [source, ...intervals.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`))].join(":"))
    .join(",");
