import assert from "node:assert/strict";
import { newJournal, withEvent } from "../../../providers/runbook/journal.ts";
import { newOwner } from "../../../providers/runbook/lock-owner.ts";
import { parseRunTrace } from "../../../providers/runbook/run-trace.ts";

const donor = { name: "n1", serverUuid: "aaaa", serverId: 1 };
const recipient = { name: "n2", serverUuid: "bbbb", serverId: 2 };

describe("trace of a run", () => {
  it("is none in an empty folder", () => {
    assert.equal(parseRunTrace(""), undefined);
  });

  it("tells lock, fence and journal", () => {
    const start = newJournal({ runId: "run-1", startedAt: "t", procedure: "vendor", donor, recipient, triggers: "t1" });
    const journal = withEvent(start, { step: "fence", at: "t", kind: "started" });
    const text = [
      `lock 7 ${JSON.stringify(newOwner("run-1", "ops@host pid 7"))}`,
      `fence ${JSON.stringify({ format: 1, runId: "run-1", donor, recipient, step: "fence" })}`,
      `journal ${JSON.stringify(journal)}`,
      "job run/run-1/jobs/clone",
      "guard run-1 trying 2026-11-25T04:00:00Z",
    ].join("\n");
    assert.deepEqual(parseRunTrace(`${text}\n`), {
      lock: { owner: "ops@host pid 7", runId: "run-1", beatAgeSeconds: 7, ownerGone: false },
      fence: { runId: "run-1", donor: "aaaa (server_id 1)", recipient: "bbbb (server_id 2)" },
      journal: {
        ...{
          runId: "run-1",
          donor: "aaaa (server_id 1)",
          recipient: "bbbb (server_id 2)",
          triggers: "t1",
          state: "S3",
          lastStep: "fence",
          events: 1,
        },
        ...{ destroying: false, lifting: false, copyProved: false, finished: false },
      },
      jobs: [{ runId: "run-1", name: "clone" }],
      guard: { runId: "run-1", acted: false, at: "2026-11-25T04:00:00Z" },
    });
  });

  it("takes a damaged file for a trace, not for none", () => {
    assert.deepEqual(parseRunTrace("lock 99 damaged\nfence {\njournal \n"), {
      lock: { owner: "unreadable", runId: "unreadable", beatAgeSeconds: 99, ownerGone: false },
      fence: { runId: "unreadable", donor: "unreadable", recipient: "unreadable" },
      journal: {
        ...{ runId: "unreadable", donor: "unreadable", recipient: "unreadable" },
        ...{
          state: "unknown",
          lastStep: "unknown",
          events: 0,
          destroying: true,
          lifting: false,
          copyProved: false,
          finished: false,
        },
      },
    });
  });
});
