import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

  it("reads names that hold quotes and keywords", () => {
    const lines = [
      "-- Current Database: `$(touch x)`",
      "-- Table structure for table ```;-- '\"`",
      "CREATE DEFINER=`root`@`localhost` PROCEDURE `a``;-- '\" FUNCTION ``b`()",
      "/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`localhost`*/ /*!50106 EVENT `e``;--` ON SCHEDULE EVERY 1 DAY DO SELECT `EVENT `",
      "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `t``` BEFORE INSERT ON `x` FOR EACH ROW SET @a = 1",
    ];
    const file = join(mkdtempSync(join(tmpdir(), "dump-")), "dump.sql");
    writeFileSync(file, `${lines.join("\n")}\n`);
    const names = execFileSync("sh", ["-s", "--", file], { input: listObjectsScript, encoding: "utf8" });
    rmSync(dirname(file), { recursive: true });
    assert.deepEqual(names.trim().split("\n"), [
      "table\t$(touch x)\t``;-- '\"",
      "routine\t$(touch x)\ta``;-- '\" FUNCTION ``b",
      "event\t$(touch x)\te``;--",
      "trigger\t$(touch x)\tt``",
    ]);
  });

  it("names what the server has and the file lacks", () => {
    const server = new Set([...objects, "table\tssg\tforgotten"]);
    assert.deepEqual(missingObjects(server, objects), ["table ssg forgotten"]);
  });
});
