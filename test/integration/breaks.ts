/** What each way of breaking the lab must be recognised as: any of the codes, at this link or node, with this remedy. */
export interface Expected {
  readonly how: string;
  readonly subject: RegExp;
  readonly codes: RegExp;
  readonly remedy: "start-server" | "start-threads" | "repoint" | "reinitialise";
}

export const expectedBreaks: readonly Expected[] = [
  { how: "stop-threads", subject: /^link-secondary$/, codes: /stopped/, remedy: "start-threads" },
  { how: "kill-server", subject: /^secondary$/, codes: /server-down/, remedy: "start-server" },
  { how: "duplicate-key", subject: /^link-secondary$/, codes: /duplicate/, remedy: "reinitialise" },
  { how: "missing-row", subject: /^link-secondary$/, codes: /missing-row/, remedy: "reinitialise" },
  { how: "purged-log", subject: /^link-secondary$/, codes: /purged|lost|log/, remedy: "reinitialise" },
  { how: "wrong-password", subject: /^link-secondary$/, codes: /login|password|denied|access/, remedy: "repoint" },
  { how: "wrong-host", subject: /^link-secondary$/, codes: /host|source|peer/, remedy: "repoint" },
  { how: "one-link", subject: /^link-primary$/, codes: /duplicate/, remedy: "reinitialise" },
];
