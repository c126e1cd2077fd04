import assert from "node:assert/strict";
import { normalise } from "../../../providers/observe/objects.ts";
import type { ObjectDifference } from "../../../providers/observe/observation.ts";
import { servers, showCreate } from "./captured.ts";

type Kind = ObjectDifference["kind"];

for (const server of servers)
  describe(`definitions of ${server}`, () => {
    const rows = showCreate(server);
    const equal = (kind: Kind): boolean =>
      normalise(kind, rows[kind]?.primary ?? {}) === normalise(kind, rows[kind]?.secondary ?? {});

    it("takes an event that is disabled on the recipient for the same", () => {
      assert.notDeepEqual(rows.event?.primary, rows.event?.secondary);
      assert.ok(equal("event"));
    });

    it("takes equal views and triggers for the same, whenever they were made", () => {
      assert.ok(equal("view"));
      assert.ok(equal("trigger"));
    });

    it("sees another body, another index, another default character set", () => {
      assert.deepEqual((["function", "table", "schema"] as const).filter(equal), []);
    });
  });

describe("normalise", () => {
  const table = (options: string): string | undefined =>
    normalise("table", {
      "Create Table": `CREATE TABLE \`t\` (\n  \`a\` int COMMENT ' AUTO_INCREMENT=5'\n) ENGINE=InnoDB${options}`,
    });

  it("leaves out the next AUTO_INCREMENT value, and nothing that looks like it in a column", () => {
    assert.equal(table(" AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4"), table(" DEFAULT CHARSET=utf8mb4"));
    assert.match(table("") ?? "", /COMMENT ' AUTO_INCREMENT=5'/);
  });

  it("leaves out the definer, however it is quoted", () => {
    const view = (definer: string) =>
      normalise("view", { "Create View": `CREATE ALGORITHM=UNDEFINED ${definer} VIEW v AS select 1` });
    assert.equal(
      view("DEFINER=`a``b`@`%` SQL SECURITY DEFINER"),
      view("DEFINER=`root`@`localhost` SQL SECURITY DEFINER"),
    );
  });

  it("says undefined where the server hides the text", () => {
    assert.equal(normalise("procedure", { Procedure: "p", "Create Procedure": null }), undefined);
  });
});
