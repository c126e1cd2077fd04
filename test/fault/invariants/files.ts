import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Where servers, gateways, sshd and the harness write by themselves, and the state folder, which is the run's own. */
const othersPlaces =
  /(^|\/)(state|data|log|gateway|clients|ssh|tmp|\.npm|[^/]*\.before-heal-\d+)\/|\.(pid|lock|sock)$|service\.log$|\/ballast$/;

/** What a run keeps for the operator: a backup with its hash, saved rows with their list, a backup that was damaged. */
export const isKept = (file: string): boolean => /\/backup\/[^/]+\.sql(\.sha256|\.json|\.unproved)?$/.test(file);

/** Files of a host that nobody but a run could have left. */
export const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !othersPlaces.test(relative(folder, file)));

/** Paths of what stands in a folder, which need not be there. */
export const entriesOf = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

/** Bytes of the largest that a folder of backups holds. */
export const largestBackup = (folder: string): number =>
  Math.max(
    0,
    ...entriesOf(folder)
      .filter(isKept)
      .map((file) => statSync(file).size),
  );
