import type { RemedyKind } from "../../providers/pair.ts";

/** What each way of breaking the lab must be recognised as. */
export interface Expected {
  readonly how: string;
  readonly subject: string;
  readonly code: string | RegExp;
  readonly remedy: RemedyKind;
  /** Without GTID nobody knows where a link that was forgotten has to go on. */
  readonly remedyByCoordinates?: RemedyKind;
}

/** both-sides is not here: it is refused first, see repair-suite.ts. */
export const expectedBreaks: readonly Expected[] = [
  { how: "stop-threads", subject: "link-secondary", code: /stopped/, remedy: "start-threads" },
  { how: "kill-server", subject: "secondary", code: "server-down", remedy: "start-server" },
  { how: "wrong-password", subject: "link-secondary", code: "access-denied", remedy: "repoint" },
  { how: "wrong-host", subject: "link-secondary", code: /wrong-source|source-unreachable/, remedy: "repoint" },
  {
    how: "not-configured",
    subject: "link-secondary",
    code: "not-configured",
    remedy: "repoint",
    remedyByCoordinates: "reinitialise",
  },
  { how: "duplicate-key", subject: "link-secondary", code: "duplicate-key", remedy: "reinitialise" },
  { how: "missing-row", subject: "link-secondary", code: "missing-row", remedy: "reinitialise" },
  { how: "purged-log", subject: "link-secondary", code: "source-log-lost", remedy: "reinitialise" },
  { how: "one-link", subject: "link-primary", code: "duplicate-key", remedy: "reinitialise" },
];
