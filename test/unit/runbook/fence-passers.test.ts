import assert from "node:assert/strict";
import { type Grants, parseRoles, passers } from "../../../providers/runbook/fence-passers.ts";

const none: Grants = { accounts: ["gateway@10.0.%", "gateway@localhost"], holders: [], roles: [], mandatory: [] };
const admin = { grantee: "'admin'@'%'", name: "CONNECTION_ADMIN" };

describe("accounts that pass a fence", () => {
  it("are those of the application that hold such a right, and nobody else", () => {
    assert.deepEqual(passers({ ...none, holders: [admin] }), []);
    const own = { grantee: "'gateway'@'10.0.%'", name: "SUPER" };
    assert.deepEqual(passers({ ...none, holders: [admin, own] }), [{ who: "gateway@10.0.%", by: ["SUPER"] }]);
  });

  it("are those that have it by a role of a role, also where the roles go round in a circle", () => {
    const roles = [
      { role: "staff@%", to: "gateway@localhost" },
      { role: "admin@%", to: "staff@%" },
      { role: "staff@%", to: "admin@%" },
    ];
    assert.deepEqual(passers({ ...none, holders: [admin], roles }), [
      { who: "gateway@localhost", by: ["CONNECTION_ADMIN (role admin@%)"] },
    ]);
  });

  it("are all where the role is everybody's", () => {
    const mandatory = parseRoles("`staff`@`%`, admin");
    assert.deepEqual(mandatory, ["staff@%", "admin@%"]);
    assert.equal(passers({ ...none, holders: [admin], mandatory }).length, 2);
  });
});
