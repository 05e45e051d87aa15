// What `start` refuses before it begins: ports that another program has, and certificates of no
// use, leave nothing behind in an empty data directory, and a network that nobody answers for is
// not joined in silence.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { KeyStore } from "../../src/keys/key-store.ts";
import { GENESIS_META, RESTORED_META, ROOT } from "../../src/peer/history/peer-record.ts";
import { Peer } from "../../src/peer/peer.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { PeerProcess } from "../e2e/peer-process.ts";
import { PATIENCE_MS } from "../patience.ts";
import { keyPair, newState } from "../peer/scene.ts";
import { outcomeOf } from "../process-outcome.ts";
import { testCertificate, writtenCertificate } from "../rest/tls/test-certificate.ts";
import { command, json } from "./in-process.ts";
import { publicKey, seed } from "./network-scene.ts";
import { program } from "./terminal-session.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-start-"));
let other: Server;
let taken: string;

beforeAll(async () => {
  other = createServer().listen(0, "::");
  await new Promise((resolve) => other.once("listening", resolve));
  taken = String((other.address() as { readonly port: number }).port);
});
afterAll(() => {
  other.close();
  rmSync(folder, { recursive: true });
});

function isEmpty(dataDir: string): boolean {
  const store = sqliteStore(dataDir, CVM_TABLE);
  try {
    return store.root(ROOT.PEER) === null;
  } finally {
    store.close();
  }
}

const TAKEN = () => [
  ["--port", taken, "--api-port", "0"],
  ["--port", "0", "--api-port", taken, "--api-bind", "::"],
];

test("a port that another program has leaves nothing behind", async () => {
  const dataDir = join(folder, "ports");
  const start = (...ports: string[]) => command("start", "--data-dir", dataDir, ...ports);
  const free = ["--port", "0", "--api-port", "0"];
  const tls = [...free, "--domain", "peer.example", "--api-bind", "::"];
  const secure = [
    [...tls, "--https-port", taken, "--http-port", "off"],
    [...tls, "--https-port", "0", "--http-port", taken],
  ];
  for (const ports of [...TAKEN(), ...secure]) {
    const { exitCode, stderr } = await start(...ports);
    expect([exitCode, stderr]).toEqual([69, expect.stringContaining("another program")]);
  }
  const address = await start(...free, "--bind", "192.0.2.1");
  expect([address.exitCode, address.stderr]).toEqual([69, expect.stringContaining("--bind")]);
  const api = await start(...free, "--api-bind", "192.0.2.1");
  expect([api.exitCode, api.stderr]).toEqual([69, expect.stringContaining("with --api-bind")]);
  expect(existsSync(dataDir)).toBe(false);
});

test("a port that another program has begins no network in a store without one", async () => {
  const dataDir = join(folder, "no-network");
  sqliteStore(dataDir, CVM_TABLE).close();
  for (const ports of TAKEN()) {
    const { exitCode, stderr } = await command("start", "--data-dir", dataDir, ...ports);
    expect([exitCode, stderr]).toEqual([69, expect.stringContaining("another program")]);
    expect(isEmpty(dataDir)).toBe(true);
  }
});

test("a certificate that is no file, or of no use, leaves nothing behind", async () => {
  const dataDir = join(folder, "certificate");
  const pipe = join(folder, "pipe.pem");
  Bun.spawnSync(["mkfifo", pipe]);
  const [empty, good] = [join(folder, "empty.pem"), writtenCertificate(await testCertificate("a"))];
  writeFileSync(empty, "", { mode: 0o600 });
  const ports = ["--port", "0", "--api-port", "0", "--https-port", "0", "--http-port", "off"];
  for (const [cert, key, exit, words] of [
    [pipe, good.key, 66, `the certificate from ${pipe}: it is a pipe`],
    [good.chain, pipe, 66, `the certificate's key from ${pipe}: it is a pipe`],
    [empty, empty, 65, "expected a certificate in PEM"],
  ] as const) {
    // A process of its own, which can be ended when it waits.
    const tls = ["--cert", cert, "--cert-key", key, "--api-bind", "127.0.0.1"];
    const child = Bun.spawnSync([...program(), "start", "--data-dir", dataDir, ...ports, ...tls], {
      timeout: PATIENCE_MS,
      killSignal: "SIGKILL",
      stdin: "ignore",
      stderr: "pipe",
    });
    expect([child.exitCode, String(child.stderr)]).toEqual([exit, expect.stringContaining(words)]);
  }
  expect(existsSync(dataDir)).toBe(false);
  rmSync(good.folder, { recursive: true });
});

/** That of a moment ago. */
async function freePort(): Promise<string> {
  const free = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => free.once("listening", resolve));
  const { port } = free.address() as { readonly port: number };
  await new Promise((resolve) => free.close(resolve));
  return String(port);
}

test("one port for two of a peer's is said to be that, and leaves nothing behind", async () => {
  const port = await freePort();
  const dataDir = join(folder, "pairs");
  const apart = { "--port": "0", "--api-port": "0", "--https-port": "0", "--http-port": "0" };
  const tls = ["--domain", "peer.example", "--api-bind", "127.0.0.1", "--bind", "127.0.0.1"];
  for (const [one, other] of [
    ["--port", "--https-port"],
    ["--api-port", "--https-port"],
    ["--https-port", "--http-port"],
  ] as const) {
    const ports = Object.entries({ ...apart, [one]: port, [other]: port }).flat();
    const { exitCode, stderr } = await command("start", "--data-dir", dataDir, ...ports, ...tls);
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining(`${one} and ${other}`)]);
  }
  expect(existsSync(dataDir)).toBe(false);
});

test("one port for peers and API is said to be that", async () => {
  const port = await freePort();
  const ports = ["--port", port, "--api-port", port, "--bind", "127.0.0.1"];
  for (const words of [["start", "--data-dir", join(folder, "one")], ["local"]]) {
    const { exitCode, stderr } = await command(...words, ...ports);
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining("--port and --api-port")]);
  }
});

test("a peer whose last port can't be had ends with its sentence alone, whatever it holds", async () => {
  const dataDir = join(folder, "blocks");
  const peer = await PeerProcess.start({ command: "start", dataDir, extra: ["--faucet"] });
  for (let i = 1; i <= 3; i++) {
    const body = JSON.stringify({ accountKey: String(i).repeat(64), faucet: 1_000 });
    const answer = await fetch(`${peer.url}/api/v1/createAccount`, { method: "POST", body });
    expect(answer.status).toBe(200);
  }
  expect(await peer.end()).toBe(0);
  const file = join(folder, "certificate.pem");
  writeFileSync(file, "", { mode: 0o600 });
  const tls = ["--cert", file, "--cert-key", file, "--https-port", taken, "--api-bind", "::"];
  const free = ["--port", "0", "--api-port", "0"];
  // A process of its own: what a peer still does then comes when the command has failed.
  const words = [...program(), "start", "--data-dir", dataDir, ...free, ...tls];
  const child = Bun.spawn(words, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const stderr = await new Response(child.stderr).text();
  expect(stderr).toMatch(/^convex-peer: Cannot serve the API on port \d+: another program .*\n$/);
  expect(await child.exited).toBe(69);
});

test("a local network of which one peer has no port ends, and says so instead of where it is", async () => {
  const first = String(Number(taken) - 1);
  const words = [...program(), "local", "--peers", "2", "--port", first, "--api-port", "0"];
  const child = Bun.spawn([...words, "--bind", "::"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(await outcomeOf(child)).toEqual({
    exitCode: 69,
    stdout: "",
    stderr: expect.stringContaining("listen for peers on port"),
  });
});

/** A data directory as a backup leaves it, of the first peer of several with these stakes. */
async function restoredData(stakes: number[]): Promise<string> {
  const dataDir = mkdtempSync(join(folder, "restored-"));
  const store = sqliteStore(dataDir, CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState(stakes) }).close();
  store.write({ roots: [], meta: [[RESTORED_META, "yes"]] });
  store.close();
  await new KeyStore(join(dataDir, "keys")).add(seed(0), null);
  return dataDir;
}

test("a restored peer with a dead host after --join names it, and does not advise --join", async () => {
  const dataDir = await restoredData([1e14, 1e14]);
  const extra = ["--join", "127.0.0.1:1"];
  const peer = await PeerProcess.start({ command: "start", dataDir, extra });
  const { exitCode, stdout } = await command("health", "--data-dir", dataDir);
  expect(await peer.end()).toBe(0);
  expect([exitCode, stdout]).toEqual([
    75,
    expect.stringContaining("no host named answers yet (127.0.0.1:1): see that they run"),
  ]);
  expect(stdout).not.toContain("--join");
});

test("a restored peer says what it waits for, unless it is told of hosts or alone", async () => {
  const saidOf = async (stakes: number[], ...extra: string[]) => {
    const dataDir = await restoredData(stakes);
    const peer = await PeerProcess.start({ command: "start", dataDir, extra, stderr: "pipe" });
    const said = new Response(peer.process.stderr).text();
    expect(await peer.end()).toBe(0);
    return said;
  };
  expect(await saidOf([1e14, 1e14])).toMatch(
    /"level":"warn".*"Restored from a backup, .*`convex-peer peers connect HOST:PORT`\."\}\n/,
  );
  expect(await saidOf([1e14])).not.toContain("Restored");
  expect(await saidOf([1e14, 1e14], "--join", "127.0.0.1:1")).not.toContain("Restored");
});

test("a store of another network than is asked for is left as it is", async () => {
  const dataDir = join(folder, "pinned");
  const store = sqliteStore(dataDir, CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState([1e14]) }).close();
  const own = store.meta(GENESIS_META) ?? "";
  store.close();
  await new KeyStore(join(dataDir, "keys")).add(seed(0), null);
  const other = "ab".repeat(32);
  const ports = ["--port", "0", "--api-port", "0", "--data-dir", dataDir];
  const refused = await command("start", ...ports, "--genesis-hash", other);
  expect([refused.exitCode, refused.stderr]).toEqual([
    78,
    expect.stringContaining(`is of the network ${own}, not of ${other}: use another --data-dir`),
  ]);
  const peer = await PeerProcess.start({
    command: "start",
    dataDir,
    extra: ["--genesis-hash", own],
  });
  expect(await peer.end()).toBe(0);
});

test("a store whose key is gone gets no new one: the key that is wanted is named", async () => {
  const dataDir = join(folder, "lost");
  const keys = join(dataDir, "keys");
  const store = sqliteStore(dataDir, CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState([1e14]) }).close();
  store.close();
  mkdirSync(keys);
  const owner = toHex(keyPair(0).publicKey);
  const refusal = async () => {
    const ports = ["--port", "0", "--api-port", "0"];
    const { exitCode, stderr } = await command("start", "--data-dir", dataDir, ...ports);
    expect([exitCode, stderr]).toEqual([78, expect.stringContaining(`belongs to peer 0x${owner}`)]);
    return stderr;
  };
  const lost = await refusal();
  expect(readdirSync(keys)).toEqual([]);
  for (const way of ["key recover", "key import", `${owner}.json`]) expect(lost).toContain(way);
  writeFileSync(join(keys, `${owner}.json.sealed`), "");
  expect(await refusal()).toContain(`rename ${join(keys, owner)}.json.sealed`);
  await new KeyStore(keys).add(seed(0), null);
  const peer = await PeerProcess.start({ command: "start", dataDir });
  expect(await peer.end()).toBe(0);
});

test("a peer that runs keeps others out, also where somebody has removed its lock", async () => {
  const dataDir = join(folder, "unlocked");
  const first = await PeerProcess.start({ command: "start", dataDir });
  rmSync(join(dataDir, "store.lock"));
  const ports = ["--port", "0", "--api-port", "0"];
  const second = await command("start", "--data-dir", dataDir, ...ports);
  const words = `in use by process ${first.process.pid}. Stop that process first`;
  expect([second.exitCode, second.stderr]).toEqual([75, expect.stringContaining(words)]);
  expect(existsSync(join(dataDir, "store.lock"))).toBe(false);
  expect((await command("health", "--data-dir", dataDir)).exitCode).toBe(0);
  expect(await first.end()).toBe(0);
  const again = await PeerProcess.start({ command: "start", dataDir });
  expect(await again.end()).toBe(0);
});

test("among several keys the store's is taken, and that is said; without a store it is asked for", async () => {
  const dataDir = join(folder, "several");
  const keys = new KeyStore(join(dataDir, "keys"));
  for (const i of [0, 1, 2]) await keys.add(seed(i), null);
  const ports = ["--port", "0", "--api-port", "0"];
  const unclear = await command("start", "--data-dir", dataDir, ...ports);
  expect([unclear.exitCode, unclear.stderr]).toEqual([
    78,
    expect.stringContaining("3 keys: say which with --key HEX"),
  ]);
  const [own, path] = [publicKey(1), join(keys.folder, `${publicKey(1)}.json`)];
  const first = await PeerProcess.start({ command: "start", dataDir, extra: ["--key", own] });
  expect(await first.end()).toBe(0);
  const next = await PeerProcess.start({ command: "start", dataDir, stderr: "pipe" });
  const told = `${keys.folder}: of its 3 keys the peer takes the one that its store belongs to, `;
  expect(await next.said(/^.*of its .*\n/m)).toContain(`${told}${own.slice(0, 8)}.`);
  expect((await json("status", "--data-dir", dataDir)).peer).toBe(own);
  expect(await next.end()).toBe(0);
  rmSync(path);
  const gone = await command("start", "--data-dir", dataDir, ...ports);
  expect([gone.exitCode, gone.stderr]).toEqual([
    78,
    expect.stringContaining(`belongs to peer 0x${own}, and its key is not in`),
  ]);
  writeFileSync(path, "{");
  const bad = await command("start", "--data-dir", dataDir, ...ports);
  expect([bad.exitCode, bad.stderr]).toEqual([65, expect.stringContaining(`${path}: `)]);
});

test("who names hosts to join that do not answer is told which network it is then", async () => {
  const dataDir = join(folder, "alone");
  expect(await (await PeerProcess.start({ command: "start", dataDir })).end()).toBe(0);
  const store = sqliteStore(dataDir, CVM_TABLE);
  const genesis = store.meta(GENESIS_META) ?? "";
  store.close();
  for (const pin of [[], ["--genesis-hash", genesis]]) {
    const extra = ["--join", "127.0.0.1:1", ...pin];
    const peer = await PeerProcess.start({ command: "start", dataDir, extra, stderr: "pipe" });
    const said = await peer.said(/"level":"warn".*\n/);
    expect(said).toContain("no answer yet from --join 127.0.0.1:1");
    expect(said).toContain(`the network of its data directory, ${genesis}`);
    expect(await peer.end()).toBe(0);
  }
});
