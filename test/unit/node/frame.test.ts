import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { composeScript, createFrameReader, type Framed } from "../../../providers/node/frame.ts";
import type { Arg } from "../../../providers/node/node.ts";

const nonce = "0123456789abcdef01234567";

const frames = (stdout: Buffer, stderr: Buffer, chunk = 7): { out: Framed; err: Framed } => {
  const read = (bytes: Buffer): Framed => {
    const reader = createFrameReader(nonce);
    for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
    return reader.read();
  };
  return { out: read(stdout), err: read(stderr) };
};

const run = (text: string, args: readonly Arg[] = [], before = "", after = "") => {
  const input = `${before}${composeScript(text, args, nonce)}${after}`;
  const { stdout, stderr } = spawnSync("/bin/sh", ["-s"], { input });
  return frames(stdout, stderr);
};

describe("frame around a script's output", () => {
  it("gives both streams and the exit code exactly", () => {
    const { out, err } = run(`printf 'no newline'; printf 'err\\n\\n' >&2; exit 3`);
    assert.deepEqual([out.exitCode, out.body, err.body], [3, "no newline", "err\n\n"]);
  });

  it("drops what a start-up or logout file prints", () => {
    const noise = "echo hello; echo noise >&2\n";
    const { out, err } = run("echo 42", [], noise, noise);
    assert.deepEqual([out.body, err.body, out.exitCode], ["42\n", "", 0]);
  });

  it("hands over arguments, and nothing else to read", () => {
    const { out } = run(`cat; echo "$2|$1|$#"`, ["a'b", { secret: "c d" }]);
    assert.equal(out.body, "c d|a'b|2\n");
  });

  it("survives set -e, a failing last command and a trailing comment", () => {
    assert.equal(run("set -e\nfalse\necho not reached # comment").out.exitCode, 1);
    assert.equal(run("echo fine # comment").out.body, "fine\n");
  });

  it("tells the pid of the shell, which leads the script's processes", () => {
    assert.ok((run("true").out.pid ?? 0) > 1);
  });

  it("runs nothing of a script that was cut on its way", () => {
    const whole = composeScript("touch /nonexistent/x\necho ran", [], nonce);
    for (const length of [20, 80, whole.lastIndexOf("echo ran") + 8, whole.indexOf("\n) </dev/null")]) {
      const { stdout, stderr } = spawnSync("/bin/sh", ["-s"], { input: whole.slice(0, length) });
      const { out } = frames(stdout, stderr);
      assert.equal(out.exitCode, undefined);
      assert.ok(!stdout.includes("ran"));
    }
  });

  it("is ended only by its own mark", () => {
    const reader = createFrameReader(nonce);
    reader.push(Buffer.from(`hello\n${nonce} begin 12\nbody\n${nonce} en`));
    assert.equal(reader.ended(), false);
    reader.push(Buffer.from("d 0"));
    assert.equal(reader.ended(), false);
    reader.push(Buffer.from("\nlate"));
    assert.equal(reader.ended(), true);
    assert.deepEqual(reader.read(), { began: true, pid: 12, exitCode: 0, body: "body" });
  });

  it("keeps characters whole that came in two pieces", () => {
    const { stdout, stderr } = spawnSync("/bin/sh", ["-s"], { input: composeScript("printf 'éßü'", [], nonce) });
    assert.equal(frames(stdout, stderr, 1).out.body, "éßü");
  });

  it("gives everything that came where no frame began", () => {
    const reader = createFrameReader(nonce);
    reader.push(Buffer.from("Welcome to the menu\n1) ...\n"));
    assert.deepEqual(reader.read(), { began: false, body: "Welcome to the menu\n1) ...\n" });
  });
});
