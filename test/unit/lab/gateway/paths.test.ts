import assert from "node:assert/strict";
import { gatewayPaths, processPattern } from "../../../../lab/gateway/paths.ts";

describe("pattern of a gateway's process", () => {
  it("matches that host's gateway alone", () => {
    const pattern = new RegExp(processPattern("/tmp/lab.1/primary"));
    assert.match(`${gatewayPaths("/tmp/lab.1/primary").java} --import x main.ts`, pattern);
    assert.doesNotMatch(`${gatewayPaths("/tmp/lab-1/primary").java} --import x main.ts`, pattern);
    assert.doesNotMatch(`/bin/sh ${gatewayPaths("/tmp/lab.1/primary").java} x`, pattern);
  });
});
