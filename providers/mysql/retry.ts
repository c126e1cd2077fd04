/**
 * How a replica tries again when its source is away; set at every wiring because the servers' defaults differ (9.x gives
 * up for good after ten minutes). Ten seconds apart, for ten days: a maintenance of the peer never ends a link.
 */
export const connectRetry = { seconds: 10, times: 86_400 } as const;
