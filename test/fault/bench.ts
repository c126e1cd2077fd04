import type { Flavour } from "../../lab/packages/software.ts";
import { runCell } from "./cell.ts";
import { codeOf } from "./code.ts";
import type { Cell } from "./matrix.ts";
import type { CellResult } from "./results.ts";
import { hasGrown, type WarmLab, warmLab } from "./warm-lab.ts";

/** Cells one after the other on a lab that stays; after one that ended ill, or when it has grown, the lab is made anew. */
export interface Bench {
  readonly code: string | undefined;
  run(cell: Cell): Promise<CellResult>;
  /** Places where a password was seen, of all labs that it used. */
  close(): Promise<readonly string[]>;
}

export interface BenchSettings {
  readonly lab: string;
  readonly flavour: Flavour;
}

export const openBench = ({ lab, flavour }: BenchSettings): Bench => {
  let warm: WarmLab | undefined;
  const shown: string[] = [];
  const code = codeOf();
  const close = async (): Promise<readonly string[]> => {
    const closing = warm;
    warm = undefined;
    if (closing) shown.push(...(await closing.close()));
    return shown;
  };
  return {
    code,
    close,
    async run({ fault, point }) {
      const began = Date.now();
      const result = (outcome: CellResult["outcome"], more: Partial<CellResult>): CellResult => ({
        ...{ fault: fault.name, point: point.name, flavour, outcome, violations: [], ...more },
        // A run loads what is on the disk then.
        code: codeOf() === code ? code : undefined,
        seconds: Math.round((Date.now() - began) / 1000),
      });
      const why = await fault.impossible?.();
      if (why) return result("not run", { why });
      try {
        if (warm && hasGrown(warm.lab)) await close();
        warm ??= await warmLab(lab, flavour);
        const found = await runCell(warm, fault, point);
        if (found.violations.length === 0) return result("passed", found);
        // What was wrong only before the next up has gone with it.
        if (found.violations.some((its) => !/^(left|healed),/.test(its))) await close();
        return result("failed", found);
      } catch (error) {
        if (warm) await fault.heal?.(warm.lab).catch(() => {}); // the lab goes, and what is outside of it must go too
        await close();
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return result("failed", { violations: [text] });
      }
    },
  };
};
