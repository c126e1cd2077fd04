import { ledgerIdsMissing } from "./application.ts";
import { type LabRecord, type Side, sides } from "./record.ts";
import { withSql } from "./sql.ts";
import { waitFor } from "./wait.ts";

/** CHECKSUM TABLE of every table of the application's schemas, by "schema.table". */
export function checksums(record: LabRecord, side: Side): Promise<Record<string, string>> {
  return withSql(record, side, async (sql) => {
    const tables = await sql.query<{ name: string; quoted: string }>(
      `SELECT CONCAT(table_schema, '.', table_name) AS name,
              CONCAT('\`', REPLACE(table_schema, '\`', '\`\`'), '\`.\`', REPLACE(table_name, '\`', '\`\`'), '\`') AS quoted
       FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
       ORDER BY name`,
    );
    const found: Record<string, string> = {};
    for (const { name, quoted } of tables) {
      const [row] = await sql.query<{ Checksum: number | string | null }>(`CHECKSUM TABLE ${quoted}`);
      found[name] = String(row?.Checksum);
    }
    return found;
  });
}

/** Tables whose contents differ, or that one side lacks. */
export async function differingTables(record: LabRecord): Promise<readonly string[]> {
  const [primary = {}, secondary = {}] = await Promise.all(sides.map((side) => checksums(record, side)));
  const names = new Set([...Object.keys(primary), ...Object.keys(secondary)]);
  return [...names].filter((name) => primary[name] !== secondary[name]);
}

/** What still differs after so long: gateways write their heartbeats between the reading of one side and of the other. */
export async function lastingDifferences(record: LabRecord, limitMs: number): Promise<readonly string[]> {
  let differing: readonly string[] = [];
  const none = async (): Promise<boolean> => {
    differing = await differingTables(record);
    return differing.length === 0;
  };
  await waitFor("equal contents", none, limitMs).catch((error: unknown) => {
    if (differing.length === 0) throw error;
  });
  return differing;
}

/** Ids that a gateway was told are committed and that a side does not have. */
export const missingIds = (record: LabRecord, side: Side): Promise<readonly string[]> => ledgerIdsMissing(record, side);
