// /readyz tells the truth: of a voter whose others are stopped, or cut off without a word, and of a
// peer whose disk is full. It turns within 10 s, names the cause, and turns back by itself.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import { KeyStore } from "../../src/keys/key-store.ts";
import { notRun } from "../not-run.ts";
import { PATIENCE_MS, TEST_MS } from "../patience.ts";
import { crowdedMs, uncrowdedMs } from "../work-time.ts";
import { PeerProcess, type StartOptions } from "./peer-process.ts";
import { Relay } from "./relay.ts";
import { TestAccount } from "./rest-client.ts";

setDefaultTimeout(TEST_MS);

const TURN_MS = 10_000;
/** Three of four are enough for consensus, two are not. */
const PEERS = 4;

interface Ready {
  readonly code: number;
  readonly reason: string | null;
}

async function ready({ url }: PeerProcess): Promise<Ready> {
  const response = await fetch(`${url}/readyz`);
  const { reason } = (await response.json()) as { reason: string | null };
  return { code: response.status, reason };
}

/**
 * Milliseconds until the peer answers with this code and with these words in its reason, without
 * those in which others had the processors: others fall silent one after another, and on a busy
 * machine each share is a reason for a while.
 */
async function turned(peer: PeerProcess, code: number, withinMs: number, words = "") {
  const ownMs = () => uncrowdedMs() - crowdedMs(peer.pid);
  const begun = ownMs();
  for (;;) {
    const now = await ready(peer);
    const ms = ownMs() - begun;
    const isSaid = words === "" || (now.reason?.includes(words) ?? false);
    if (now.code === code && isSaid) return { ms, reason: now.reason };
    if (ms > withinMs) throw new Error(`still ${now.code} after ${ms} ms: ${now.reason}`);
    await Bun.sleep(50);
  }
}

describe("a voter among four", () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-peer-truth-"));
  const seeds = Array.from({ length: PEERS }, (_, i) => new Uint8Array(32).fill(i + 50));
  const peers: PeerProcess[] = [];
  let relay: Relay;
  const lone = () => peers[0] as PeerProcess;
  const others = () => peers.slice(1);

  async function start(i: number, hosts: readonly number[]): Promise<void> {
    const dataDir = join(folder, `peer-${i}`);
    await new KeyStore(join(dataDir, "keys")).add(seeds[i] as Uint8Array, null);
    const join_ = hosts.map((port) => `127.0.0.1:${port}`).join(",");
    const options: StartOptions = {
      command: "start",
      dataDir,
      extra: [
        ...["--genesis", join(folder, "genesis.cad3"), "--bind", "127.0.0.1"],
        ...(hosts.length === 0 ? [] : ["--join", join_]),
      ],
    };
    peers.push(await PeerProcess.start(options));
  }

  beforeAll(async () => {
    const keys = seeds.map((seed) => KeyPair.fromSeed(seed).publicKey);
    const genesis = createGenesis({
      governanceKey: keys[0] as Uint8Array,
      genesisKey: keys[0] as Uint8Array,
      peerKeys: keys,
    });
    writeFileSync(join(folder, "genesis.cad3"), encodeMultiCell(genesis));
    await start(0, []);
    relay = await Relay.to(lone().peerPort);
    for (let i = 1; i < PEERS; i++) {
      await start(i, [relay.port, ...others().map(({ peerPort }) => peerPort)]);
    }
    for (const peer of peers) await turned(peer, 200, PATIENCE_MS);
  });

  afterAll(async () => {
    for (const peer of peers) await peer.end("SIGKILL");
    relay.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the others are stopped", async () => {
    for (const { process } of others()) process.kill("SIGSTOP");
    await turned(lone(), 503, TURN_MS, "Only 25.0% of the voting weight can be reached");
    expect((await fetch(`${lone().url}/livez`)).status).toBe(200);
    for (const { process } of others()) process.kill("SIGCONT");
    for (const peer of peers) await turned(peer, 200, PATIENCE_MS);
  });

  test("the network between it and the others is silent", async () => {
    relay.silence();
    await turned(lone(), 503, TURN_MS, "Only 25.0% of the voting weight can be reached");
    // They are enough without it, though a busy machine may have them wait for each other.
    for (const peer of others()) await turned(peer, 200, PATIENCE_MS);
    relay.resume();
    await turned(lone(), 200, PATIENCE_MS);
  });
});

describe("a peer on a small disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-peer-disk-"));
  const disk = "size=300m";
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", disk, "convex-peer", folder]);
  const isMounted = mounted.exitCode === 0;

  let running: PeerProcess | null = null;

  afterAll(async () => {
    // After a failure it would go on, and hold the disk, and the output that CI reads to its end.
    await running?.end("SIGKILL");
    if (isMounted) Bun.spawnSync(["umount", folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("is not ready while the disk is full, and loses nothing", async () => {
    if (!isMounted) return notRun("a disk can't be mounted without root; a full one was not tried");
    const dataDir = join(folder, "data");
    const peer = await PeerProcess.start({ command: "start", dataDir, extra: ["--faucet"] });
    running = peer;
    const account = await TestAccount.create(peer.url, 1);
    expect((await ready(peer)).code).toBe(200);

    const filler = join(folder, "filler");
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    const { reason } = await turned(peer, 503, TURN_MS);
    expect(reason).toContain(`Only 0 MB are free for the store ${join(dataDir, "store.db")}`);
    // A write that fails is the reason from then on.
    const unwritten = account.transact("(def x 1)");
    await turned(peer, 503, TURN_MS, "can't use its store");

    rmSync(filler);
    await turned(peer, 200, TURN_MS);
    await unwritten;
    expect((await account.transact("x")).value).toBe(1);
    expect(await peer.end()).toBe(0);
  });
});
