// `doctor`, `status` and `health --wait` against peers of this process, and with none.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CHECKS } from "../../src/cli/commands/doctor.ts";
import { redacted } from "../../src/cli/doctor/bundle.ts";
import { type Check, ok, runChecks } from "../../src/cli/doctor/check.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Peer } from "../../src/peer/peer.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { PATIENCE_MS } from "../patience.ts";
import { keyPair, newState } from "../peer/scene.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey, seed } from "./network-scene.ts";
import { program } from "./terminal-session.ts";

const TEMPFAIL = 75;
const UNAVAILABLE = 69;

let network: NetworkScene;
let data: string;
beforeAll(async () => {
  network = new NetworkScene(2);
  await network.ready();
  data = await network.dataDir(0);
  network.operate(0, data);
});
afterAll(() => network.end());

interface Reports {
  readonly failed: number;
  readonly checks: readonly { id: string; level: string; detail: string; fix?: string }[];
}

async function reports(...args: string[]): Promise<Reports & { exitCode: number | null }> {
  const { exitCode, stdout } = await command("doctor", "--json", ...args);
  return { exitCode, ...JSON.parse(stdout) };
}

const levelOf = ({ checks }: Reports, id: string) => checks.find((each) => each.id === id)?.level;

test("a peer that is well: no failure, exit code 0, more than twenty checks with an outcome", async () => {
  const found = await reports("--data-dir", data);
  expect(found.checks.filter(({ level }) => level === "fail")).toEqual([]);
  expect(found.exitCode).toBe(0);
  expect(found.checks.filter(({ level }) => level !== "skip").length).toBeGreaterThanOrEqual(20);
  for (const id of ["ready", "stake", "peer-port", "agreement", "live", "connections"]) {
    expect([id, levelOf(found, id)]).toEqual([id, "ok"]);
  }
  // The genesis peer has one key for everything, unencrypted, and no address.
  for (const id of ["controller-key", "key-encryption", "url"]) {
    expect([id, levelOf(found, id)]).toEqual([id, "warn"]);
  }
  const ids = CHECKS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("an API at an address with a zone, which is no URL, is no fault of a check", async () => {
  const zoned = await network.dataDir(1);
  network.operate(1, zoned, { api: "http://[fe80::1%eth0]:8080" });
  const found = await reports("--data-dir", zoned);
  expect([levelOf(found, "api"), levelOf(found, "api-exposure")]).toEqual(["skip", "warn"]);
});

test.each([
  // Without it the fastest machine seen takes 22 ns a step.
  ["off", "BUN_JSC_useJIT=0", "fail"],
  // As on a machine with much to do: it has its turn after a quarter of a second.
  ["late", "BUN_JSC_thresholdForJITAfterWarmUp=10000000", "ok"],
])("where the compiler is %s it says so, and only there", async (_, option, level) => {
  const [name = "", value] = option.split("=");
  const child = Bun.spawn([...program(), "doctor", "--json", "--data-dir", data], {
    env: { ...process.env, [name]: value, CONVEX_CONFIG: "" },
    stdout: "pipe",
  });
  const found = JSON.parse(await new Response(child.stdout).text()) as Reports;
  expect(levelOf(found, "compiler")).toBe(level);
});

test("where the directory is sealed it does not advise to start the peer", async () => {
  const dir = await network.dataDir(1);
  writeFileSync(join(dir, "sealed.json"), "{}");
  const found = await reports("--data-dir", dir);
  expect([levelOf(found, "sealed"), levelOf(found, "running")]).toEqual(["fail", "skip"]);
});

test("what start would refuse of a stopped peer's store and list of bans is found", async () => {
  const dir = await network.dataDir(1);
  const found = async (id: string) => {
    const { checks } = await reports("--data-dir", dir);
    return checks.find((each) => each.id === id);
  };
  sqliteStore(dir, CVM_TABLE).close();
  writeFileSync(join(dir, "bans.json"), "[");
  expect(await found("data-dir")).toMatchObject({
    level: "fail",
    detail: expect.stringContaining("bans.json is damaged"),
    fix: expect.stringContaining("move it away"),
  });
  rmSync(join(dir, "bans.json"));
  expect([await found("data-dir"), await found("store")]).toMatchObject([
    { level: "ok" },
    { level: "ok" },
  ]);
  writeFileSync(join(dir, "store.db"), "garbage".repeat(1_000));
  expect(await found("store")).toMatchObject({
    level: "fail",
    detail: expect.stringContaining("is not a store of convex-peer"),
  });
});

test("a store whose key is not there is told of, and no new key advised", async () => {
  const dir = await network.dataDir(2);
  const store = sqliteStore(dir, CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState([1e14]) }).close();
  store.close();
  const keysOf = async () =>
    (await reports("--data-dir", dir)).checks.find(({ id }) => id === "keys");
  const other = await keysOf();
  rmSync(join(dir, "keys", `${publicKey(2)}.json`));
  const none = await keysOf();
  for (const [count, found] of [
    [1, other],
    [0, none],
  ] as const) {
    const detail = `${count} in ${join(dir, "keys")}, and not that of the store's peer, 0x${publicKey(0)}`;
    expect([found?.level, found?.detail]).toEqual(["warn", detail]);
    expect(found?.fix).toContain("key recover");
    expect(found?.fix).not.toContain("key new");
  }
  const listed = await command("key", "list", "--data-dir", dir);
  expect([listed.exitCode, listed.stderr]).toEqual([0, expect.stringContaining("key recover")]);
  expect(listed.stderr).not.toContain("key new");
  // One that runs has it from elsewhere.
  network.operate(1, dir);
  expect((await keysOf())?.fix).toContain("key new");
});

test("a certificate is told to end before it does", async () => {
  const dir = await network.dataDir(1);
  const levels: (string | undefined)[] = [];
  for (const days of [60, 3, -1, null]) {
    const certificateEndsMs = days === null ? null : Date.now() + days * 86_400_000 + 1_000;
    const more = {
      https: "https://peer.example.org",
      certificateEndsMs,
      api: "http://127.0.0.1:1",
    };
    const socket = network.operate(1, dir, more);
    const found = await reports("--data-dir", dir);
    levels.push(levelOf(found, "certificate"));
    // Nothing listens there.
    expect([levelOf(found, "api"), found.exitCode]).toEqual(["fail", 1]);
    socket.close();
  }
  expect(levels).toEqual(["ok", "warn", "fail", "fail"]);
});

test("whatever warns or fails says what to do", async () => {
  const bare = mkdtempSync(join(network.folder, "bare-"));
  for (const found of [await reports("--data-dir", data), await reports("--data-dir", bare)]) {
    const bad = found.checks.filter(({ level }) => level === "warn" || level === "fail");
    expect(bad.filter(({ fix }) => (fix ?? "") === "")).toEqual([]);
  }
  const absent = await command("doctor", "--data-dir", join(bare, "absent"));
  expect([absent.exitCode, absent.stdout]).toEqual([1, expect.stringContaining("is not there")]);
});

test("exposed keys and folders, a broken configuration and strange variables are found", async () => {
  const exposed = await network.dataDir(5);
  chmodSync(join(exposed, "keys", `${publicKey(5)}.json`), 0o644);
  chmodSync(exposed, 0o777);
  const config = network.path("broken.toml");
  writeFileSync(config, "[start]\napi-prot = 1\n");
  process.env.CONVEX_CONFIG = config;
  process.env.CONVEX_NONSENSE = "1";
  try {
    const found = await reports("--data-dir", exposed);
    expect(found.exitCode).toBe(1);
    for (const id of ["key-access", "data-dir-access", "config"]) {
      expect([id, levelOf(found, id)]).toEqual([id, "fail"]);
    }
    expect(levelOf(found, "environment")).toBe("warn");
    expect(found.checks.find(({ id }) => id === "config")?.detail).toContain("api-port");
  } finally {
    delete process.env.CONVEX_CONFIG;
    delete process.env.CONVEX_NONSENSE;
  }
});

test("a check that throws is a finding, and keeps no other from its own", async () => {
  const checks: readonly Check<null>[] = [
    {
      id: "a",
      title: "a",
      run: () => {
        throw new Error("disk on fire");
      },
    },
    { id: "b", title: "b", run: () => ok("well") },
  ];
  const [a, b] = await runChecks(checks, null);
  expect(a).toMatchObject({ level: "fail", detail: "could not be checked: disk on fire" });
  expect(b?.level).toBe("ok");
});

test("the bundle is for its owner, and says neither who nor where he is", async () => {
  const path = network.path("bundle.json");
  const done = await command("doctor", "--data-dir", data, "--bundle", path);
  expect(done.exitCode).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const text = readFileSync(path, "utf8");
  expect(JSON.parse(text).checks.length).toBe(CHECKS.length);
  expect(text).not.toContain(publicKey(0));
  expect(text).not.toContain(Buffer.from(seed(0)).toString("hex"));
  const again = await command("doctor", "--data-dir", data, "--bundle", path);
  expect([again.exitCode, again.stderr]).toEqual([73, expect.stringContaining("exists already")]);
});

test("redaction takes addresses, hosts, keys and the home out of a text", () => {
  const key = "ab".repeat(32);
  const text = `tcp://peer.example.org:18888 198.51.100.7:9 [2001:db8::7]:9 ${key} ${homedir()}/x`;
  const plain = redacted(text);
  expect(plain).toBe("tcp://<host>:18888 <address>:9 <address>:9 abababab… ~/x");
  expect(redacted("on 127.0.0.1:8080 and ::")).toBe("on 127.0.0.1:8080 and ::");
  expect(redacted("at 12:30:05")).not.toContain("198");
  // As `--join` names hosts, and as commands name keys.
  expect(redacted("peer.example.org:18888, node-7:18888, localhost:18888")).toBe(
    "<host>:18888, <host>:18888, localhost:18888",
  );
  expect(redacted(`0x${"ab".repeat(32)}`)).toBe("0xabababab…");
});

test("status says how it is; through another peer too", async () => {
  const own = await json("status", "--data-dir", data);
  expect(own).toMatchObject({ peer: publicKey(0), process: { peerPort: Number(network.port(0)) } });
  const text = (await command("status", "--data-dir", data)).stdout;
  const { pid, version } = own.process;
  expect(text).toContain(`process      ${pid}, version ${version}, for `);
  expect(text).toContain(network.port(0));
  const other = await json("status", "--via", network.via(1));
  expect(other.peer).toBe(publicKey(1));
});

test("health --wait waits for a peer that is being started, and no longer", async () => {
  const late = await network.dataDir(1);
  const begun = performance.now();
  const none = await command("health", "--data-dir", late, "--wait", "0.3");
  expect(none.exitCode).toBe(UNAVAILABLE);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
  const waiting = command("health", "--data-dir", late, "--wait", "120");
  setTimeout(() => network.operate(1, late), 300);
  const ready = await waiting;
  expect([ready.exitCode, ready.stdout]).toEqual([0, "ready: takes part\n"]);
  // Without the other half of the stake there is no consensus.
  await network.stop(0);
  const deadline = performance.now() + PATIENCE_MS;
  let health = await command("health", "--data-dir", late);
  while (health.exitCode === 0 && performance.now() < deadline) {
    await Bun.sleep(100);
    health = await command("health", "--data-dir", late);
  }
  expect([health.exitCode, health.stdout]).toEqual([
    TEMPFAIL,
    expect.stringContaining("NOT ready: does NOT take part: Only 50.0%"),
  ]);
  // What the operator can do about it.
  const fix = "`convex-peer peers connect HOST:PORT`";
  expect(health.stdout).toEndWith(`${fix}\n`);
  const { stdout } = await command("status", "--data-dir", late);
  expect(stdout.split("\n").find((line) => line.startsWith("to do"))).toEndWith(fix);
  const found = await reports("--data-dir", late);
  expect([found.exitCode, levelOf(found, "ready")]).toEqual([1, "fail"]);
  expect(found.checks.find(({ id }) => id === "ready")?.fix).toEndWith(fix);
  // It may be the operator's own doing.
  await command("peers", "ban", publicKey(0), "--data-dir", late);
  const banned = "One peer or host is banned: `convex-peer peers bans` says who";
  const after = await reports("--data-dir", late);
  expect(after.checks.find(({ id }) => id === "ready")?.fix).toContain(banned);
  for (const name of ["health", "status"]) {
    expect((await command(name, "--data-dir", late)).stdout).toContain(banned);
  }
});
