import assert from "node:assert/strict";
import { matchTables } from "../../../providers/observe/match-tables.ts";
import { shapesFrom } from "../../../providers/observe/table-shape.ts";
import { catalogue, type Server, servers } from "./captured.ts";

const shapesOf = (server: Server) => {
  const { primary, secondary } = catalogue(server);
  return {
    primary: shapesFrom(primary.tables, primary.columns, primary.keys),
    secondary: shapesFrom(secondary.tables, secondary.columns, secondary.keys),
  };
};

for (const server of servers)
  describe(`table shapes of ${server}`, () => {
    const shapes = shapesOf(server);

    it("takes the primary key, else a unique key that cannot be NULL, else none", () => {
      const keyOf = (table: string) => shapes.primary.get(`nasty.${table}`)?.key;
      assert.deepEqual(keyOf("pairkey"), ["a", "b", "c"]);
      assert.deepEqual(keyOf("uniq"), ["u"]);
      assert.deepEqual(keyOf("keyless"), []);
    });

    it("tells generated columns from generated defaults", () => {
      const columns = shapes.primary.get("nasty.kinds")?.columns ?? [];
      assert.deepEqual(
        columns.filter(({ generated }) => generated).map(({ name }) => name),
        ["gen", "gs"],
      );
      assert.equal(columns.find(({ name }) => name === "inv")?.generated, false);
    });

    it("leaves out schemas that hold no user's data", () => {
      const rows = ["sys", "ssg", "replication_pair"].map((s) => ({ s, t: "x", engine: "InnoDB", estimate: 0 }));
      assert.deepEqual([...shapesFrom(rows, [], []).keys()], ["ssg.x"]);
    });

    it("matches the tables of both sides and says what is defined otherwise", () => {
      const matched = new Map(matchTables(shapes, {}).map((table) => [table.name, table]));
      assert.match(
        matched.get("nasty.uniq")?.structure ?? "",
        /only on the primary: n int NULL; only on the secondary: n bigint/,
      );
      assert.equal(matched.get("nasty.kinds")?.structure, undefined);
    });

    it("keys a table by its whole rows where only one side has the key", () => {
      const goid = matchTables(shapes, { tables: ["nasty.goid"] })[0];
      assert.deepEqual(
        goid?.primary.key.map(({ kind }) => kind),
        ["row"],
      );
      assert.deepEqual(
        goid?.secondary.key.map(({ kind }) => kind),
        ["row"],
      );
    });

    it("knows a table that one side lacks", () => {
      const matched = matchTables({ primary: new Map(), secondary: shapes.secondary }, { schemas: ["nasty"] });
      assert.ok(matched.every(({ missingOn }) => missingOn === "primary"));
      assert.equal(matchTables(shapes, { schemas: ["elsewhere"] }).length, 0);
    });
  });
