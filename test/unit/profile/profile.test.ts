import assert from "node:assert/strict";
import { isUserSchema, mayDiscard, tableClass } from "../../../providers/profile/profile.ts";
import { profileOf } from "../../../providers/profile/profile-of.ts";

describe("profile", () => {
  const gateway = profileOf("layer7-gateway");
  const plain = profileOf("plain-mysql");

  it("names the class of the gateway's tables", () => {
    assert.equal(tableClass(gateway, "ssg", "audit_main"), "evidence");
    assert.equal(tableClass(gateway, "ssg", "rbac_role"), "irreplaceable");
    assert.equal(tableClass(gateway, "ssg", "service_metrics"), "metrics");
    assert.equal(tableClass(gateway, "ssg", "counters"), "session");
  });

  it("calls unknown tables other, also in schemas beside the gateway's", () => {
    assert.equal(tableClass(gateway, "ssg", "brand_new"), "other");
    assert.equal(tableClass(gateway, "otk_db", "counters"), "other");
  });

  it("never lets go of what people made or of what it does not know", () => {
    for (const table of ["policy", "keystore_file", "internal_user_group", "brand_new"])
      assert.equal(mayDiscard(gateway, "ssg", table), false, table);
    for (const table of ["audit_main", "cluster_info", "message_id", "service_usage"])
      assert.equal(mayDiscard(gateway, "ssg", table), true, table);
  });

  it("leaves a plain pair to the operator's word", () => {
    assert.equal(tableClass(plain, "shop", "orders"), "evidence");
    assert.equal(mayDiscard(plain, "shop", "orders"), true);
  });

  it("knows the server's schemas and our own", () => {
    assert.deepEqual(["mysql", "SYS", "replication_pair", "ssg", "otk_db"].filter(isUserSchema), ["ssg", "otk_db"]);
  });
});
