/** Quotes a path for text of /bin/sh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
