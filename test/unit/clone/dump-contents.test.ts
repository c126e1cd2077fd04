import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { listObjectsScript, missingObjects, parseObjects } from "../../../providers/clone/dump-contents.ts";

/** The lines of a real dump that name objects (mysqldump 9.7.4 of the gateway's schemas). */
const dump = fileURLToPath(new URL("../../captures/mysqldump/mysql97-objects.sql", import.meta.url));

describe("what a dump holds", () => {
  const listed = execFileSync("sh", ["-s", "--", dump], { input: listObjectsScript, encoding: "utf8" });
  const objects = parseObjects(listed, (schema) => schema !== "mysql");

  it("tells tables, views, triggers, events and routines with their schema", () => {
    for (const object of [
      "table\tssg\taudit_main",
      "table\totk_db\toauth_token",
      "trigger\tssg\tpolicy_edited",
      "event\tssg\tforget_old_messages",
      "routine\tssg\tnext_hi",
    ])
      assert.ok(objects.has(object), object);
    assert.ok([...objects].some((object) => object.startsWith("view\tssg\t")));
  });

  it("names what the server has and the file lacks", () => {
    const server = new Set([...objects, "table\tssg\tforgotten"]);
    assert.deepEqual(missingObjects(server, objects), ["table ssg forgotten"]);
  });
});
