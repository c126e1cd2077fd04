import type { Arg } from "./node.ts";

/** One POSIX shell word that means exactly `text`. */
export const quote = (text: string): string => {
  if (text.includes("\0")) throw new TypeError("an argument of a script must not hold a NUL byte");
  return `'${text.replaceAll("'", `'\\''`)}'`;
};

export const argText = (arg: Arg): string => (typeof arg === "string" ? arg : arg.secret);

/** `set -- 'a' 'b'`: gives a script its positional arguments from its own text, so that they stand in no argv. */
export const setArguments = (args: readonly Arg[]): string =>
  `set -- ${args.map((arg) => quote(argText(arg))).join(" ")}`.trimEnd();

/** For people: what ran, with secrets as ***. Never executed. */
export const describeArguments = (args: readonly Arg[]): string =>
  args.map((arg) => (typeof arg === "string" ? quote(arg) : "***")).join(" ");

export const secretsOf = (args: readonly Arg[]): readonly string[] =>
  args.flatMap((arg) => (typeof arg === "string" ? [] : [arg.secret]));

/** Replacing one or two letters everywhere would spoil the text and tell the secret by what is missing. */
const hiddenLengthMin = 3;

const sqlEscapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\x1a": "\\Z",
  '"': '\\"',
  "'": "\\'",
  "\\": "\\\\",
};

/** The forms in which programs print a secret: as it is, quoted for shell, SQL (both ways), JSON, URL, option file, base64, hex. */
const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret, "utf8");
  return [
    secret,
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    secret.replaceAll("'", "''"),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that MySQL escapes
    secret.replace(/[\0\b\t\n\r\x1a"'\\]/g, (character) => sqlEscapes[character] ?? character),
    secret.replaceAll("\\", "\\\\").replaceAll('"', '\\"'),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    encodeURI(secret),
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ];
};

/** Replaces every form of every secret by ***; longest first, so that no rest of a longer one is left. */
export const redact = (text: string, secrets: Iterable<string>): string => {
  const forms = [...new Set([...secrets].filter((secret) => secret.length >= hiddenLengthMin).flatMap(formsOf))];
  if (forms.length === 0) return text;
  const pattern = forms
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("|");
  return text.replace(new RegExp(pattern, "g"), "***");
};

/** What is shown of an output: its end. */
export const lastLines = (text: string): string => text.trim().split("\n").slice(-5).join("\n").slice(-1000);
