/** "8.0.31-log" -> [8, 0, 31]. MariaDB's "5.5.5-10.11.6-MariaDB" counts from its own number. */
export const parseVersion = (version: string): readonly [number, number, number] => {
  const own = version.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-mariadb)/i, "");
  const [major = 0, minor = 0, patch = 0] = (/^\d+(\.\d+)*/.exec(own)?.[0] ?? "").split(".").map(Number);
  return [major, minor, patch];
};

/** atLeast("8.0.31", "8.0.23") is true. */
export const atLeast = (version: string, wanted: string): boolean => {
  const [a, b] = [parseVersion(version), parseVersion(wanted)];
  for (const index of [0, 1, 2] as const) if (a[index] !== b[index]) return a[index] > b[index];
  return true;
};
