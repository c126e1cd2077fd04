/** Where observation turns into a finding. */
export const limits = {
  /** The gateway's own monitor warns from here (db.replicationDelayThreshold). */
  lagSecondsMax: 60,
  /** At least; a source that has nothing to say sends a heartbeat each half of the replica's net timeout. */
  heartbeatAgeSecondsMax: 120,
  /** Of what is certain when the time that the answers took is left out. */
  clockSkewSecondsMax: 10,
  /** A run renews its lock every 10 s. */
  lockBeatAgeSecondsMax: 60,
  keysShownMax: 20,
  evidenceCharactersMax: 1500,
} as const;
