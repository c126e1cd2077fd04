import assert from "node:assert/strict";
import { diagnose } from "../../../providers/diagnose/diagnose.ts";
import { health } from "../../../providers/diagnose/health.ts";
import { runLook } from "../../../providers/diagnose/run-traces.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";
import { healthJson, healthText } from "../../../providers/report/health.ts";
import { capturedPair, pairOf } from "../diagnose/captured.ts";

const captured = (flavour: string, name: string) =>
  health(
    diagnose(capturedPair(flavour, name), profileOf("layer7-gateway"), pairOf(flavour, name)),
    runLook(capturedPair(flavour, name)),
  );

describe("report: health", () => {
  it("is one line when all is well", () => {
    assert.equal(healthText(captured("mysql97-gtid", "healthy")), "REPLICATING: both links deliver");
  });

  it("names link, cause, the server's words, remedy and advice", () => {
    assert.equal(
      healthText(captured("mysql80-filepos", "wrong_password_1045")),
      [
        "BROKEN: replication does not work, or the copies differ (1 broken)",
        "- broken: secondary <- primary: the source refuses the replication account (wrong password, expired, locked, dropped, or not for this host)",
        "    code:     access-denied (link-secondary)",
        "    evidence: error 1045: error connecting to master 'repluser@127.0.63.3:3306' - retry-time: 1 retries: 1 message: Access denied for user 'repluser'@'127.0.63.4' (using password: YES); receiver connecting, source repluser@127.0.63.3:3306, configured 127.0.63.3:3306",
        "    remedy:   repoint (pulumi up sets the link anew where the replica stands; no data is touched)",
        "    advice:   the link gets a new account on its source, and goes on from where its applier stands",
      ].join("\n"),
    );
  });

  it("puts the worst first, in text and in JSON", () => {
    const seen = captured("mysql56", "dup_key_1062");
    const reversed = { ...seen, findings: [...seen.findings].reverse() };
    assert.equal(healthText(reversed).indexOf("- broken"), healthText(reversed).indexOf("- "));
    const json = JSON.parse(healthJson(reversed));
    assert.equal(json.state, "broken");
    assert.deepEqual(
      json.findings.map(({ severity }: { severity: string }) => severity),
      ["broken", "note", "note"],
    );
  });
});
