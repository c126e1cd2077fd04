/**
 * The statements of a script, to be sent one by one: a server that gets many at once keeps the semicolon in the body
 * of a trigger or event, and mysqldump then writes text that does not load. A line end after ";" ends a statement,
 * inside BEGIN ... END not.
 */
export function statementsOf(script: string): readonly string[] {
  const statements: string[] = [];
  let open = "";
  for (const line of script.split("\n")) {
    open += `${line}\n`;
    const block = /^BEGIN$/m.test(open);
    if (block ? /^END;$/.test(line.trim()) : line.trimEnd().endsWith(";")) {
      statements.push(open.trim().slice(0, -1));
      open = "";
    }
  }
  return open.trim() ? [...statements, open.trim()] : statements;
}
