/**
 * What a dump file holds, from mysqldump's own comments and statements. Values keep their newlines escaped, so a line of
 * data never begins like one of these. $1 is the file. One line each: kind, schema, name.
 */
export const listObjectsScript = `
LC_ALL=C awk '
  function name(text) { sub(/^[^\`]*\`/, "", text); sub(/\`[^\`]*$/, "", text); return text }
  # The name whose opening quote ends what "before" matches; a quote within it is doubled, and stays so.
  function first(before,   text, found) {
    match($0, before); text = substr($0, RSTART + RLENGTH)
    while (match(text, /\`/)) {
      found = found substr(text, 1, RSTART - 1)
      if (substr(text, RSTART + 1, 1) != "\`") break
      found = found "\`\`"; text = substr(text, RSTART + 2)
    }
    return found
  }
  /^-- Current Database: \`/ { schema = name($0); next }
  /^-- Table structure for table \`/ { print "table\\t" schema "\\t" name($0); next }
  /^-- (Final|Temporary) view structure for view \`/ { print "view\\t" schema "\\t" name($0); next }
  /^\\/\\*!50003 CREATE\\*\\/.*TRIGGER \`/ { print "trigger\\t" schema "\\t" first("TRIGGER \`"); next }
  /^\\/\\*!50106 CREATE\\*\\/.*EVENT \`/ { print "event\\t" schema "\\t" first("EVENT \`"); next }
  /^CREATE DEFINER=.* (FUNCTION|PROCEDURE) \`/ { print "routine\\t" schema "\\t" first("(FUNCTION|PROCEDURE) \`"); next }
' "$1"
`;

/** "kind<tab>schema<tab>name" lines as a set; system schemas are left to the server. */
export const parseObjects = (stdout: string, isUserSchema: (schema: string) => boolean): ReadonlySet<string> =>
  new Set(
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .filter((line) => isUserSchema((line.split("\t")[1] ?? "").replaceAll("``", "`"))),
  );

/** In the server and not in the file. */
export const missingObjects = (server: ReadonlySet<string>, file: ReadonlySet<string>): readonly string[] =>
  [...server].filter((object) => !file.has(object)).map((object) => object.replaceAll("\t", " "));
