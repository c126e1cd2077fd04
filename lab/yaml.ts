/** Plain data as block YAML; text is always quoted (as JSON, which YAML reads), so that nothing is taken for a number. */
export function yamlLines(value: unknown, indent: string): readonly string[] {
  if (isRecord(value))
    return Object.entries(value).flatMap(([key, its]) =>
      isFlat(its) ? [`${indent}${key}: ${flat(its)}`] : [`${indent}${key}:`, ...yamlLines(its, `${indent}  `)],
    );
  if (Array.isArray(value))
    return value.flatMap((its) => {
      const [first = "", ...rest] = yamlLines(its, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  return [`${indent}${flat(value)}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One line is enough: a single value, or a list of such. */
const isFlat = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((its) => typeof its !== "object") : !isRecord(value);

const flat = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(flat).join(", ")}]` : JSON.stringify(value);
