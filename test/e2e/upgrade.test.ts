// `upgrade` of compiled executables from a release on this machine, with a peer that a supervisor
// keeps up: to a version that is well, and to some that are not.

import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { writeExecutable } from "../../release/executable.ts";
import { plainSignature } from "../../release/signature.ts";
import { fileOf } from "../../src/cli/release/manifest.ts";
import { machineFacts, targetOf } from "../../src/cli/release/target.ts";
import { PATIENCE_MS, TEST_MS } from "../patience.ts";
import { outcomeOf } from "../process-outcome.ts";
import { SmallRelease, saysVersion } from "../release/small-release.ts";
import { Supervisor } from "./supervisor.ts";

setDefaultTimeout(TEST_MS);

const ROOT = join(import.meta.dir, "..", "..");
const OLD = packageJson.version;
const NEW = "8.0.0";
const TARGET = targetOf(machineFacts())!;

let folder: string;
let release: SmallRelease;
/** Compiled from this checkout, and from a copy of another version. */
let oldProgram: string;
let newProgram: string;
let executable: string;
let dataDir: string;
let supervisor: Supervisor;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "convex-upgrade-"));
  release = new SmallRelease();
  oldProgram = join(folder, "old", "convex-peer");
  newProgram = join(folder, "new", "convex-peer");
  const { releaseKey, url: releaseUrl } = release;
  await writeExecutable(oldProgram, null, { releaseKey, releaseUrl });

  const copy = join(folder, "checkout");
  for (const name of ["src", "release", "tsconfig.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...packageJson, version: NEW }));
  const { writeExecutable: writeNew } = (await import(
    join(copy, "release", "executable.ts")
  )) as typeof import("../../release/executable.ts");
  await writeNew(newProgram, null, { releaseKey, releaseUrl });
  await release.addFile(NEW, newProgram, [TARGET]);

  mkdirSync(join(folder, "bin"));
  executable = join(folder, "bin", "convex-peer");
  dataDir = join(folder, "data");
  copyFileSync(oldProgram, executable);
  supervisor = new Supervisor([executable, "start", "--data-dir", dataDir], folder);
  await supervisor.untilReady();
});

afterAll(async () => {
  await supervisor.stop();
  release.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  writeFileSync(join(release.folder, "latest"), `${NEW}\n`);
});

function upgrade(...args: string[]) {
  return run("upgrade", "--data-dir", dataDir, ...args);
}

async function run(...args: string[]) {
  const child = Bun.spawn([executable, ...args], { cwd: folder, stdout: "pipe", stderr: "pipe" });
  return outcomeOf(child);
}

const restarting = (seconds = 20) => [
  ...["--restart-command", supervisor.restartCommand],
  ...["--health-timeout", String(seconds)],
];

/** What the installed executable and the running peer say, and what lies beside the executable. */
async function found() {
  const status = JSON.parse((await run("status", "--data-dir", dataDir, "--json")).stdout);
  return {
    installed: (await run("--version")).stdout.trim(),
    running: status.process.version,
    isReady: status.isReady,
    beside: readdirSync(join(folder, "bin")).sort(),
  };
}

const UNTOUCHED = { installed: OLD, running: OLD, isReady: true, beside: ["convex-peer"] };

test("what is not signed, whole, or able to run is not installed, and the peer runs on", async () => {
  const pid = supervisor.pid;
  const sums = `/${NEW}/SHA256SUMS`;
  const file = `${NEW}/${fileOf(NEW, TARGET)}`;
  const whole = new Map([`${sums}.sig`, file].map((path) => [path, release.read(path)]));
  const refused = async (said: string, exitCode: number, ...args: string[]) => {
    const outcome = await upgrade(...restarting(), ...args);
    expect([outcome.exitCode, outcome.stderr]).toEqual([exitCode, expect.stringContaining(said)]);
    expect(await found()).toEqual(UNTOUCHED);
    for (const [path, bytes] of whole) release.write(path, bytes);
    release.faults.clear();
  };
  release.write(`${sums}.sig`, plainSignature(release.key, Buffer.from("others")));
  await refused("is not signed by the release key", 65);
  const bytes = Buffer.from(whole.get(file)!);
  bytes[bytes.length >> 1]! ^= 1;
  release.write(file, bytes);
  await refused("is damaged", 65);
  release.faults.set(`/${file}`, "cut");
  await refused("Cannot download", 69);
  release.faults.set(sums, "absent");
  await refused("HTTP 404", 69);

  await release.add("8.0.1", "#!/bin/sh\nexit 3\n", [TARGET]);
  await refused("does not run", 65);
  await release.add("8.0.1", saysVersion("8.0.2"), [TARGET]);
  await refused("says that it is version 8.0.2", 65);
  await release.add("8.0.1", saysVersion("8.0.1"), [TARGET]);
  await refused("does not become ready", 65);
  await release.add("0.0.1", saysVersion("0.0.1"), [TARGET]);
  await refused("older than this", 65);
  await refused(
    "is not signed by the release key",
    65,
    "--to",
    NEW,
    "--release-key",
    `${"A".repeat(43)}=`,
  );
  expect(supervisor.pid).toBe(pid);
});

test("an upgrade that is interrupted, or killed, leaves what was there", async () => {
  release.faults.set(`/${NEW}/${fileOf(NEW, TARGET)}`, "stall");
  for (const signal of ["SIGINT", "SIGHUP", "SIGKILL"] as const) {
    release.stalled = Promise.withResolvers();
    const child = Bun.spawn([executable, "upgrade", "--data-dir", dataDir], { stderr: "ignore" });
    await release.stalled.promise;
    child.kill(signal);
    await child.exited;
    const { beside, ...rest } = await found();
    expect({ ...rest, beside: beside.filter((name) => !name.startsWith(".")) }).toEqual(UNTOUCHED);
    expect([signal, beside.length]).toEqual([signal, signal === "SIGKILL" ? 2 : 1]);
  }
  // What was killed is cleared away a day later.
  const bin = join(folder, "bin");
  const left = readdirSync(bin).find((name) => name.startsWith("."))!;
  utimesSync(join(bin, left), new Date(0), new Date(0));
  release.faults.set("/latest", "absent");
  release.faults.set(`/${NEW}/SHA256SUMS`, "absent");
  expect((await upgrade("--to", NEW)).exitCode).toBe(69);
  expect(await found()).toEqual(UNTOUCHED);
  release.faults.clear();
});

test("a version that fails only with the operator's data is taken back by itself", async () => {
  const pid = supervisor.pid;
  const script = [
    "#!/bin/sh",
    `case "$*" in *"${dataDir}"*) echo no >&2; exit 1 ;; --version) echo 8.1.0 ;;`,
    `*) exec '${newProgram}' "$@" ;; esac`,
    "",
  ].join("\n");
  await release.add("8.1.0", script, [TARGET]);
  const outcome = await upgrade(...restarting(3));
  expect([outcome.exitCode, outcome.stderr]).toEqual([
    75,
    expect.stringContaining(`Rolled back to version ${OLD}, it runs again`),
  ]);
  expect(await found()).toEqual(UNTOUCHED);
  expect(supervisor.pid).not.toBe(pid);
  const back = await upgrade("--rollback");
  expect([back.exitCode, back.stderr]).toEqual([
    66,
    expect.stringContaining("No version to go back to"),
  ]);
});

test("what could not be restarted and runs on is not said to be unwell; what hangs is", async () => {
  const pid = supervisor.pid;
  const failing = await upgrade("--to", NEW, "--restart-command", "false");
  expect([failing.exitCode, failing.stderr]).toEqual([
    75,
    expect.stringContaining(`Rolled back to version ${OLD}, which runs, but was not restarted`),
  ]);
  expect(await found()).toMatchObject({ installed: OLD, running: OLD, isReady: true });
  expect(supervisor.pid).toBe(pid);
  const hanging = await upgrade("--to", NEW, "--restart-command", `kill -STOP ${pid}; false`);
  process.kill(pid, "SIGCONT");
  expect([hanging.exitCode, hanging.stderr]).toEqual([
    1,
    expect.stringContaining(`Rolled back to version ${OLD}, and it is not well either`),
  ]);
  expect(await found()).toMatchObject({ installed: OLD, running: OLD, isReady: true });
});

test("interrupted while it tries the new version, it leaves no peer behind", async () => {
  const started = join(folder, "started");
  const script = [
    "#!/bin/sh",
    'case "$*" in --version) echo 8.2.0 ;;',
    `*) echo $$ > '${started}.new'; mv '${started}.new' '${started}'; exec sleep 100 ;; esac`,
    "",
  ].join("\n");
  await release.add("8.2.0", script, [TARGET]);
  const child = Bun.spawn([executable, "upgrade", "--to", "8.2.0", "--data-dir", dataDir], {
    stderr: "ignore",
  });
  while (!existsSync(started)) await Bun.sleep(20);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(130);
  const pid = Number(readFileSync(started, "utf8"));
  const runs = () => {
    const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]);
    return /^\s*[^Z\s]/.test(stdout.toString());
  };
  const deadline = performance.now() + PATIENCE_MS;
  while (runs() && performance.now() < deadline) await Bun.sleep(20);
  const isLeft = runs();
  if (isLeft) process.kill(pid, "SIGKILL");
  expect(isLeft).toBe(false);
  expect(await found()).toMatchObject({ installed: OLD, running: OLD, isReady: true });
});

test("interrupted while it waits for the new version, it says what is in place", async () => {
  const args = ["upgrade", "--to", "8.1.0", "--data-dir", dataDir, ...restarting(60)];
  const child = Bun.spawn([executable, ...args], { cwd: folder, stderr: "pipe" });
  let said = "";
  for await (const chunk of child.stderr) {
    said += Buffer.from(chunk).toString("utf8");
    if (said.includes("restarting by")) child.kill("SIGINT");
  }
  expect(await child.exited).toBe(130);
  expect(said).toContain("Interrupted with the new version in place: see `convex-peer health`");
  expect((await run("--version")).stdout.trim()).toBe("8.1.0");
  copyFileSync(oldProgram, join(folder, "again"));
  renameSync(join(folder, "again"), executable);
  await supervisor.untilReady();
  expect(await found()).toMatchObject({ installed: OLD, running: OLD, isReady: true });
});

test("killed before it has restarted the peer, it says so when it is run again", async () => {
  const args = ["upgrade", "--to", NEW, "--data-dir", dataDir, "--restart-command", "sleep 9"];
  const child = Bun.spawn([executable, ...args], { cwd: folder, stderr: "pipe" });
  let said = "";
  for await (const chunk of child.stderr) {
    said += Buffer.from(chunk).toString("utf8");
    if (!said.includes("restarting by")) continue;
    child.kill("SIGKILL");
    break;
  }
  await child.exited;
  const again = await upgrade("--json");
  expect(JSON.parse(again.stdout)).toEqual({ from: NEW, to: NEW, restarted: false });
  expect(again.stderr).toContain(`The running peer goes on as version ${OLD}: restart it.`);
  copyFileSync(oldProgram, join(folder, "again"));
  renameSync(join(folder, "again"), executable);
  const bin = join(folder, "bin");
  for (const name of readdirSync(bin).filter((each) => each !== "convex-peer"))
    rmSync(join(bin, name), { recursive: true });
  expect(await found()).toMatchObject({ installed: OLD, running: OLD, isReady: true });
});

test("a version that is well takes over, and can be gone back from", async () => {
  const before = JSON.parse((await run("status", "--data-dir", dataDir, "--json")).stdout);
  const checked = await upgrade("--check", "--json");
  expect(JSON.parse(checked.stdout)).toEqual({ current: OLD, latest: NEW, isNewer: true });
  const outcome = await upgrade(...restarting(), "--json");
  expect([outcome.exitCode, outcome.stderr]).toEqual([0, outcome.stderr]);
  expect(JSON.parse(outcome.stdout)).toMatchObject({ from: OLD, to: NEW, restarted: true });
  expect(await found()).toEqual({
    installed: NEW,
    running: NEW,
    isReady: true,
    beside: ["convex-peer", "convex-peer.previous"],
  });
  expect(readFileSync(executable).equals(readFileSync(newProgram))).toBe(true);
  const after = JSON.parse((await run("status", "--data-dir", dataDir, "--json")).stdout);
  expect([after.genesis, after.peer]).toEqual([before.genesis, before.peer]);
  expect((await upgrade(...restarting())).stdout).toContain(`Version ${NEW} is installed`);

  const back = await upgrade("--rollback", ...restarting());
  expect([back.exitCode, back.stderr]).toEqual([0, back.stderr]);
  expect(await found()).toMatchObject({ installed: OLD, running: OLD, isReady: true });
});
