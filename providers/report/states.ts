/** The states that a run may leave, no others; docs/faults.md says what to do in each. */
export const stateMeaning: Readonly<Record<string, string>> = {
  S0: "untouched",
  S1: "links stopped, both copies whole",
  S2: "links and gateways stopped, both copies whole",
  S3: "recipient fenced, logs being reset, both copies whole",
  S4: "recipient fenced and incomplete, donor whole",
  S5: "wired, not proved to the end; recipient fenced until both links have carried a token",
  S6: "healthy, fence lifted",
};

export const stateText = (state: string): string =>
  `${state} (${stateMeaning[state] ?? "unknown"}); see docs/faults.md`;
