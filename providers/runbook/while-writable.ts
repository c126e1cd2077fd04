import type { Node } from "../node/node.ts";
import { each } from "./each.ts";
import { holdWrites, readOnlyOf } from "./quiet.ts";

const STATEMENT_MS = 30_000;

/**
 * For accounts and tokens, which this run's own sessions write: super_read_only refuses even them (1290). A standby may
 * stand under it always, and a node of a run that was cut short may. read_only stays, so the application stays out.
 */
export const whileWritable = async <T>(nodes: readonly Node[], work: () => Promise<T>): Promise<T> => {
  const closed: Node[] = [];
  const putBack = (): Promise<void> => each(closed.map((node) => () => holdWrites(node)));
  const open = async (): Promise<T> => {
    for (const node of nodes) {
      if ((await readOnlyOf(node)) !== "super_read_only") continue;
      closed.push(node);
      for (const statement of node.dialect.allowLoad()) await node.query(statement, STATEMENT_MS);
    }
    return work();
  };
  const result = await open().catch(async (first: unknown) => {
    await putBack().catch(() => {});
    throw first;
  });
  await putBack();
  return result;
};
