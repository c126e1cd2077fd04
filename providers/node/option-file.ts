/*
 * Client option files, by the rules of the manual's section "Using Option Files" as the client library carries them out:
 * groups in any order, the last value of an option wins; `#` starts a comment anywhere outside quotes, `;` at the start
 * of a line; spaces around name and value go; one pair of quotes around the whole value goes; in values \b \t \n \r \s
 * \\ \" \' are escapes and any other backslash stands for itself.
 */
const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  r: "\r",
  s: " ",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** Cuts a comment that starts outside quotes. A backslash protects a quote only inside quotes. */
const withoutComment = (line: string): string => {
  let quote = "";
  let escaped = false;
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if ((character === "'" || character === '"') && !escaped) {
      if (quote === "") quote = character;
      else if (quote === character) quote = "";
    }
    if (quote === "" && character === "#") return line.slice(0, index);
    escaped = quote !== "" && character === "\\" && !escaped;
  }
  return line;
};

const unquoted = (value: string): string => {
  const first = value.charAt(0);
  return (first === '"' || first === "'") && value.length > 1 && value.endsWith(first) ? value.slice(1, -1) : value;
};

const unescaped = (value: string): string =>
  value.replace(/\\([\s\S])/g, (whole, character: string) => escapes[character] ?? whole);

const trimmed = (text: string): string => text.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, "");

/**
 * Options of the groups, as a client that reads these groups sees them; names with - and _ are the same and come with -.
 * An option without a value is undefined there. !include and !includedir are not followed.
 */
export const parseOptionFile = (
  text: string,
  groups: readonly string[],
): Readonly<Record<string, string | undefined>> => {
  const options: Record<string, string | undefined> = {};
  let wanted = false;
  for (const raw of text.split("\n")) {
    const line = trimmed(raw);
    if (line === "" || line.startsWith("#") || line.startsWith(";") || line.startsWith("!")) continue;
    if (line.startsWith("[")) {
      const end = line.indexOf("]");
      wanted = end > 0 && groups.includes(trimmed(line.slice(1, end)));
      continue;
    }
    if (!wanted) continue;
    const option = withoutComment(line);
    const equals = option.indexOf("=");
    const name = trimmed(equals < 0 ? option : option.slice(0, equals)).replaceAll("_", "-");
    options[name] = equals < 0 ? undefined : unescaped(unquoted(trimmed(option.slice(equals + 1))));
  }
  return options;
};

/** A value for an option file that reads back as exactly `value`. No line of it may be longer than 4096 bytes. */
export const formatOptionValue = (value: string): string => {
  const escaped = value.replace(/[\b\t\n\r\\"]/g, (character) => {
    const name = Object.entries(escapes).find(([, meaning]) => meaning === character)?.[0];
    return `\\${name}`;
  });
  if (value.includes("\0") || Buffer.byteLength(escaped) > 4000)
    throw new TypeError("this value cannot stand in a client option file");
  return `"${escaped}"`;
};

/** Text of an option file with one [client] group. */
export const formatOptionFile = (options: Readonly<Record<string, string>>): string =>
  `[client]\n${Object.entries(options)
    .map(([name, value]) => `${name}=${formatOptionValue(value)}\n`)
    .join("")}`;

/** ~/.mylogin.cnf is read after --defaults-file, and would win: the clients look here instead (MySQL manual, "Option Files"). */
export const noLoginFile = "MYSQL_TEST_LOGIN_FILE=/nonexistent";
