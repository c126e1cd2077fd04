import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setBehaviour } from "../../../../lab/gateway/behaviour.ts";
import { installGateway } from "../../../../lab/gateway/install.ts";
import { loadControl } from "../../../../lab/gateway/load-control.ts";
import { gatewayPaths } from "../../../../lab/gateway/paths.ts";

describe("service command of a gateway host that does not run", () => {
  let folder = "";
  const service = (...words: string[]) =>
    spawnSync(gatewayPaths(folder).service, words, { env: { PATH: "/usr/bin:/bin" }, encoding: "utf8" });
  const install = (ratePerSecond: number) =>
    installGateway({
      ...{ hostFolder: folder, hostName: "primary", address: "127.0.0.1", httpPort: 1, nodeId: "0".repeat(32) },
      databases: [
        { host: "127.0.0.1", port: 1 },
        { host: "127.0.0.1", port: 2 },
      ],
      ...{ user: "gateway", passwordFile: join(folder, "password"), ledgerFile: join(folder, "ledger"), ratePerSecond },
      mysqlService: { start: "/bin/false", stop: "/bin/true", status: "/bin/true" },
    });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "it's a host "));
    await install(3);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("has the exit codes of the product's script, in a folder with any name", () => {
    assert.equal(service("ssg", "status").status, 3);
    assert.equal(service("ssg", "stop").status, 2);
    writeFileSync(join(folder, "gateway/run/controller.pid"), "1 1\n"); // a number that is somebody else's by now
    assert.equal(service("ssg", "status").status, 1);
  });

  it("passes the server's verbs on, and knows no other service", () => {
    assert.equal(service("mysql", "start").status, 1);
    assert.equal(service("mysqld", "stop").status, 0);
    assert.match(service("httpd", "stop").stderr, /unrecognized service/);
  });

  it("logs each call with its time", () => {
    assert.match(readFileSync(gatewayPaths(folder).serviceLog, "utf8"), /^\d{10} ssg status\n\d{10} ssg stop\n/);
  });

  it("gets good habits and its rate back at the next installation, and goes on with its load", async () => {
    setBehaviour(folder, { stop: "lie" });
    loadControl(folder).start();
    await install(4);
    assert.equal(readFileSync(gatewayPaths(folder).behaviour, "utf8"), "{}\n");
    assert.deepEqual(loadControl(folder).status(), { running: true, ratePerSecond: 4 });
    assert.throws(() => loadControl(folder).rate(-1), RangeError);
  });
});
