import assert from "node:assert/strict";
import { algorithmsFor, fingerprint, parseHostKey } from "../../../providers/node/host-key.ts";

// github.com's key and the fingerprint that it publishes.
const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl comment";
const shown = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

describe("pinned host key", () => {
  it("is read with or without a comment", () => {
    assert.equal(parseHostKey(line, "n").type, "ssh-ed25519");
    assert.deepEqual(parseHostKey(line.replace(" comment", ""), "n"), parseHostKey(line, "n"));
  });

  it("has the fingerprint that people compare", () => {
    assert.equal(fingerprint(parseHostKey(line, "n").raw), shown);
  });

  it("is refused where type and key do not belong together, or there is none", () => {
    for (const text of ["", "ssh-ed25519", line.replace("ssh-ed25519", "ssh-rsa"), shown])
      assert.throws(() => parseHostKey(text, "n1"), /n1: the pinned host key is not of the form/);
  });

  it("asks an RSA host for its modern signatures first", () => {
    assert.deepEqual(algorithmsFor("ssh-rsa"), ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]);
    assert.deepEqual(algorithmsFor("ssh-ed25519"), ["ssh-ed25519"]);
  });
});
