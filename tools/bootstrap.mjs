// Starts a program of this project, after installing its packages where they are missing. Plain Node, no package and
// no TypeScript: it is what runs on a fresh clone.
//   node tools/bootstrap.mjs <program.ts> [arguments]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const self = fileURLToPath(import.meta.url);
const installLimitSeconds = 900;

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`This needs Node.js 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org/en/download.`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Packages of a lock file by path. What npm leaves out on other systems, and the project itself, do not count. */
function packages(file) {
  const { packages } = JSON.parse(readFileSync(`${project}${file}`, "utf8"));
  return Object.entries(packages).filter(([path, its]) => path && !its.optional);
}

/** True when node_modules is not what package-lock.json says. */
function isStale() {
  if (!existsSync(`${project}node_modules/.package-lock.json`)) return true;
  const installed = Object.fromEntries(packages("node_modules/.package-lock.json"));
  return packages("package-lock.json").some(([path, its]) => installed[path]?.version !== its.version);
}

/** In a process of its own that holds a lock, so that two commands on a fresh clone do not install at once. */
function install() {
  const again = [process.execPath, self, "--install"];
  const words = ["--wait", String(installLimitSeconds), "package-lock.json", ...again];
  let { status, error } = spawnSync("flock", words, { cwd: project, stdio: "inherit" });
  if (error?.code === "ENOENT") ({ status } = spawnSync(again[0], again.slice(1), { cwd: project, stdio: "inherit" }));
  if (status !== 0) fail("The packages of this project could not be installed; npm's reason stands above.");
}

function installNow() {
  if (!isStale()) return 0;
  process.stderr.write("Installing the packages of package-lock.json (npm ci): half a minute, once.\n");
  // --loglevel=error: on Node 20 npm would warn at each install that the Pulumi SDK prefers Node 22.
  const words = ["ci", "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"];
  const { status } = spawnSync("npm", words, {
    cwd: project,
    stdio: ["ignore", process.stderr, process.stderr],
    timeout: installLimitSeconds * 1000,
  });
  return status ?? 1;
}

function run(program, args) {
  const words = ["--import", "tsx", `${project}${program}`, ...args];
  // In the project's folder: it is where tsx is found, and where Pulumi looks for Pulumi.yaml.
  const child = spawn(process.execPath, words, { cwd: project, stdio: "inherit" });
  // A terminal sends ^C to the child as well; it decides what to do about it.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${process.execPath} could not be started: ${error.message}`));
  child.on("close", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  });
}

refuseOldNode();
const [program, ...args] = process.argv.slice(2);
if (program === "--install") process.exitCode = installNow();
else if (!program) fail("Usage: node tools/bootstrap.mjs <program.ts> [arguments]");
else {
  if (isStale()) install();
  run(program, args);
}
