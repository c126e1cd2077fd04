import type { Finding, Health, RunLook } from "./finding.ts";

/** The worst finding decides; a note decides nothing. "broken" is a fact, so it outweighs "could not look". */
export const health = (findings: readonly Finding[], run: RunLook): Health => {
  const worst = (["broken", "unknown", "degraded"] as const).find((severity) =>
    findings.some((finding) => finding.severity === severity),
  );
  return { state: worst ?? "replicating", findings, run };
};
