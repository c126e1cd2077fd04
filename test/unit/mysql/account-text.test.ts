import assert from "node:assert/strict";
import { accountText } from "../../../providers/mysql/account-text.ts";
import { dialectFor } from "../../../providers/mysql/dialect-for.ts";

const request = { user: "watch'er", host: "localhost", schemas: ["ssg", "a`b"] };
const text = (version: string, role: "monitor" | "repair"): string =>
  accountText(dialectFor(version, ""), { ...request, role });

describe("accountText", () => {
  it("uses the rights that a generation knows", () => {
    assert.match(text("5.6.24", "repair"), /SUPER/);
    for (const version of ["5.6.24", "5.7.44", "10.4.1-MariaDB"])
      assert.doesNotMatch(text(version, "repair"), /SHOW_ROUTINE|_ADMIN|SYSTEM_/, version);
    assert.match(text("8.0.31", "repair"), /SET_USER_ID/);
    assert.match(text("8.4.0", "repair"), /SET_ANY_DEFINER/);
    assert.match(text("10.4.1-MariaDB", "monitor"), /GRANT REPLICATION CLIENT, PROCESS/);
    assert.match(text("10.5.2-MariaDB", "monitor"), /GRANT SLAVE MONITOR, BINLOG MONITOR, PROCESS/);
  });

  it("quotes names, and leaves the password to the reader", () => {
    const lines = text("9.7.4", "monitor").split("\n");
    assert.ok(lines.includes("CREATE USER 'watch''er'@'localhost' IDENTIFIED BY <password>;"));
    assert.ok(lines.includes("GRANT SELECT, SHOW VIEW ON `a``b`.* TO 'watch''er'@'localhost';"));
  });

  it("says so where the version is watched only", () => {
    assert.match(text("5.7.44", "repair"), /watched, not repaired/);
    assert.doesNotMatch(text("8.0.31", "repair"), /watched, not repaired/);
  });
});
