import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnv, withoutPulumi } from "../../../tools/engine-env.ts";

describe("environment of the engine", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "engine-env-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is the same each time, with a passphrase that only its owner can read", () => {
    const first = engineEnv(folder);
    const file = first.PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
    const passphrase = readFileSync(file, "utf8");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(passphrase.length >= 32);
    assert.deepEqual(engineEnv(folder), first);
    assert.equal(readFileSync(file, "utf8"), passphrase);
    assert.ok(!JSON.stringify(first).includes(passphrase));
  });

  it("leaves the user's own Pulumi settings out", () => {
    assert.deepEqual(withoutPulumi({ PATH: "/bin", PULUMI_CONFIG_PASSPHRASE: "x", PULUMI_STACK: "prod" }), {
      PATH: "/bin",
    });
  });
});
