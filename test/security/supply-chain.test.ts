import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
const json = (file: string) => JSON.parse(readFileSync(file, "utf8"));

describe("what comes from elsewhere", () => {
  it("is named by exact versions, and by a hash for every package", () => {
    const { dependencies, devDependencies } = json("package.json");
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
    const packages = Object.entries<{ integrity?: string; link?: boolean }>(json("package-lock.json").packages);
    const unhashed = packages.filter(([path, its]) => path !== "" && !/^sha512-.{80,}/.test(its.integrity ?? ""));
    assert.ok(packages.length > 50);
    assert.deepEqual(
      unhashed.map(([path]) => path),
      [],
    );
  });

  it("runs no script of its own when it is installed", () => {
    const configured = execFileSync("npm", ["config", "get", "ignore-scripts"], { encoding: "utf8" });
    assert.equal(configured.trim(), "true");
    assert.ok(tracked.includes(".npmrc"));
  });

  it("is installed as locked, never resolved anew", () => {
    const installs = tracked
      .filter((file) => /\.(mjs|ts|sh|ya?ml)$|^\.ci\//.test(file))
      .filter((file) => /npm["' ,[\]]+(install|i|update)\b/.test(readFileSync(file, "utf8")));
    assert.deepEqual(installs, []);
    assert.match(readFileSync("tools/bootstrap.mjs", "utf8"), /\["ci", /);
  });

  it("has a checksum for each Go module, and never turns the check off", () => {
    const modules = tracked.filter((file) => file.endsWith("go.mod"));
    assert.ok(modules.length > 0);
    for (const file of modules) {
      const sums = readFileSync(file.replace(/mod$/, "sum"), "utf8");
      const text = readFileSync(file, "utf8");
      const replaced = new Map([...text.matchAll(/^replace (\S+) => (\S+ v\S+)$/gm)].map(([, name, by]) => [name, by]));
      const required = [...text.matchAll(/^\t(\S+) (v\S+)/gm)];
      assert.ok(required.length > 50, file);
      for (const [, name, version] of required) {
        const wanted = replaced.get(name) ?? `${name} ${version}`;
        assert.ok(sums.includes(`${wanted} h1:`) || sums.includes(`${wanted}/go.mod h1:`), `${file}: ${wanted}`);
      }
    }
    const tools = tracked.filter((file) => /^tools\/.*\.(ts|mjs)$/.test(file));
    assert.deepEqual(
      tools.filter((file) => /GONOSUM|GOINSECURE|GOSUMDB|-mod=mod/.test(readFileSync(file, "utf8"))),
      [],
    );
  });
});
