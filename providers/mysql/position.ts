/** Binary log coordinates. */
export interface Coordinates {
  readonly file: string;
  readonly offset: number;
}

/** Where a server's binary log stands. `gtid` is the executed GTID set (MySQL) or gtid_binlog_pos (MariaDB); absent: GTID is off. */
export interface LogPosition extends Coordinates {
  readonly gtid?: string | undefined;
}

/** "ssgbin-log.000017" -> 17; undefined where the name has no number. */
export const fileNumber = (file: string): number | undefined => {
  const digits = /\.(\d+)$/.exec(file)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * Below 0: `a` is earlier in the log than `b`. The number counts, not the text: .999999 comes before .1000000.
 * undefined: they are not positions of one log (other base name, or no file name at all).
 */
export const compareCoordinates = (a: Coordinates, b: Coordinates): number | undefined => {
  const [first, second] = [fileNumber(a.file), fileNumber(b.file)];
  if (first === undefined || second === undefined || baseName(a.file) !== baseName(b.file)) return undefined;
  return first - second || a.offset - b.offset;
};

export const sameCoordinates = (a: Coordinates, b: Coordinates): boolean => a.file === b.file && a.offset === b.offset;

const baseName = (file: string): string => file.replace(/\.\d+$/, "");

export const coordinatesText = ({ file, offset }: Coordinates): string => (file ? `${file}:${offset}` : "no position");
