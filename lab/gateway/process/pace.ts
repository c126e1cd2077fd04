/** Spreads requests over time. What could not be served is not caught up with later: no burst follows an outage. */
export function pace(): { due(nowMs: number, ratePerSecond: number, most: number): number } {
  let lastMs: number | undefined;
  let owed = 0;
  return {
    due: (nowMs, ratePerSecond, most) => {
      owed += ((nowMs - (lastMs ?? nowMs)) / 1000) * ratePerSecond;
      lastMs = nowMs;
      const requests = Math.min(Math.floor(owed), most);
      owed = Math.min(owed - requests, 1);
      return requests;
    },
  };
}
