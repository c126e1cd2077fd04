import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../../lab/wait.ts";
import { UnreachableError } from "../../providers/errors.ts";
import { openShell } from "../../providers/node/open-node.ts";
import { bringUp, type ExtraHost, extraHost } from "../integration/node/lab-nodes.ts";

const MS = 10_000;

describe("pinned host keys", () => {
  let host: ExtraHost;
  let other: ExtraHost;
  before(async () => {
    const lab = await bringUp("mysql-9.7", "security-hosts");
    const login = `exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`;
    host = await extraHost(lab, 1, login);
    other = await extraHost(lab, 2, login);
  });

  it("refuses a wrong one with both fingerprints, before any attempt to log in, and tries once", async () => {
    const connection = { ...host.host.connection, hostKey: other.host.connection.hostKey };
    const before = readFileSync(host.log, "utf8").length;
    const shell = openShell({ ...host.host, connection }, {});
    try {
      await assert.rejects(shell.script("true", [], MS), (error: UnreachableError) => {
        assert.ok(error instanceof UnreachableError && !error.retryable);
        assert.equal(error.message.match(/SHA256:[\w+/]{43}/g)?.length, 2);
        return true;
      });
    } finally {
      await shell.close();
    }
    const added = (): string => readFileSync(host.log, "utf8").slice(before);
    await waitFor("the server to note it", async () => / port \d+/.test(added()), MS);
    const log = added();
    assert.doesNotMatch(log, /[Pp]ublickey|Accepted|Failed|authenticating/);
    assert.equal(new Set(log.match(/ port \d+/g)).size, 1, log);
  });

  it("shows the other side no agent, and asks none that the configuration does not name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "agent-"));
    let asked = 0;
    const agent = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    const before = process.env.SSH_AUTH_SOCK;
    const agentSocketPath = join(folder, "socket");
    const { connection } = host.host;
    const shells = [connection, { ...connection, agentSocketPath }].map((its) =>
      openShell({ ...host.host, connection: its }, {}),
    );
    try {
      process.env.SSH_AUTH_SOCK = agentSocketPath;
      agent.listen(agentSocketPath);
      await once(agent, "listening");
      for (const shell of shells) {
        const { stdout } = await shell.script('printf "[%s]" "$SSH_AUTH_SOCK"', [], MS);
        assert.equal(stdout, "[]");
      }
      // The key that is named too comes first.
      assert.equal(asked, 0);
    } finally {
      if (before === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = before;
      for (const shell of shells) await shell.close();
      agent.close();
      rmSync(folder, { recursive: true });
    }
  });
});
