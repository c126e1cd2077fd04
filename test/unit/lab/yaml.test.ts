import assert from "node:assert/strict";
import { yamlLines } from "../../../lab/yaml.ts";

describe("lab/yaml", () => {
  it("writes blocks, with lists of words on one line and all text quoted", () => {
    const value = { a: { b: "x: 'y'", list: ["service", "start"], none: [] }, hosts: [{ name: "p", port: 22 }] };
    assert.deepEqual(yamlLines(value, "  "), [
      "  a:",
      `    b: "x: 'y'"`,
      '    list: ["service", "start"]',
      "    none: []",
      "  hosts:",
      '    - name: "p"',
      "      port: 22",
    ]);
  });
});
