/**
 * Folders of providers/ by layer, lowest first: each may import what stands lower. The middle layer is one row of
 * separate things; which of them may know which is said by `middle`.
 */
export const layers: readonly (readonly string[])[] = [
  ["mysql"],
  ["node"],
  ["clone"],
  ["profile", "observe", "diagnose", "plan", "report", "runbook"],
  ["replication-pair"],
];

/** Within the middle layer. Observing concludes nothing; only the runbook acts. */
export const middle: Readonly<Record<string, readonly string[]>> = {
  profile: [],
  observe: ["profile"],
  diagnose: ["profile", "observe"],
  plan: ["profile", "observe", "diagnose"],
  report: ["profile", "observe", "diagnose", "plan"],
  runbook: ["profile", "observe", "diagnose", "plan", "report"],
};

/** Plain words that every layer may use. They import nothing but each other, and do nothing. */
export const vocabulary = [
  "providers/errors.ts",
  "providers/pair.ts",
  "providers/profile/profile.ts",
  "providers/report/units.ts",
];

/** No input, no output, no clock, no chance: the same in gives the same out. */
export const isPure = (path: string): boolean =>
  /^providers\/(diagnose|plan|report|mysql)\//.test(path) || path === "providers/node/shell.ts";

/** Where a package may be imported. The lab, the tools and the tests may use what they like, except for the engine. */
export const packageHomes: readonly { readonly name: RegExp; readonly homes: RegExp }[] = [
  {
    name: /^@pulumi\//,
    homes:
      /^(index\.ts$|stacks\/|providers\/replication-pair\/|fleet\/|bench\/|lab\/command-plugin\/|test\/unit\/replication-pair\/)/,
  },
  { name: /^zod($|\/)/, homes: /^(stacks\/config(-schema)?\.ts|providers\/replication-pair\/inputs\.ts|test\/.*)$/ },
  { name: /^ssh2($|\/)/, homes: /^(providers\/node\/ssh\.ts|test\/.*)$/ },
  { name: /^mysql2($|\/)/, homes: /^(providers\/node\/mysql\.ts|lab\/.*|test\/.*)$/ },
];

/** Top folders: which others each may import. Tests may import everything. */
export const topFolders: Readonly<Record<string, readonly string[]>> = {
  "index.ts": ["stacks"],
  stacks: ["providers"],
  providers: [],
  cli: ["providers", "stacks", "tools"],
  fleet: ["providers", "stacks"],
  tools: [],
  lab: ["tools", "providers"],
  bench: ["tools", "lab", "stacks", "providers"],
};

/** Only the stand-in for the command plugin uses the product's code: the lab itself must not share its mistakes. */
export const labUsesProviders = /^lab\/command-plugin\//;
