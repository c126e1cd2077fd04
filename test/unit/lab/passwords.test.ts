import assert from "node:assert/strict";
import { optionValue } from "../../../lab/passwords.ts";

describe("lab/passwords", () => {
  it("quotes a password for an option file so that nothing in it ends or changes it", () => {
    assert.equal(optionValue(`-a'b"c\\d#e=f$g%h;\`é x`), `"-a'b\\"c\\\\d#e=f$g%h;\`é x"`);
  });
});
