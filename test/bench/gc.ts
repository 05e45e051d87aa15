// Collection of a large store: 10^6 signed transfers over 30 simulated days, the clock injected,
// then a collection with a window of one day. Prints what the file took before and after, and the
// latency of transfers without and during a second collection, eight of them under way at any time.
// `bun run bench gc`; GC_TRANSACTIONS makes it shorter, GC_FOLDER keeps the store.

import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Clock } from "../../src/peer/clock.ts";
import { OperatorSocket } from "../../src/peer/operator/operator-socket.ts";
import { StoreCommands } from "../../src/peer/operator/store-commands.ts";
import { Peer } from "../../src/peer/peer.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { GOLD, INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { State } from "../../src/state/state.ts";
import { Transfer } from "../../src/state/transaction.ts";
import { STORE_FILE } from "../../src/store/sqlite-file.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import type { Bench } from "./main.ts";

const DAY_MS = 86_400_000;
const DAYS = 30;
const TRANSACTIONS = Number(process.env.GC_TRANSACTIONS ?? 1_000_000);
const PER_BLOCK = 20;
const USERS = 1_000;
/**
 * Transfers under way while latencies are taken, and how long they are taken without a collection.
 */
const WAITING = 8;
const BASELINE_MS = 20_000;
const PAUSE_MS = 2;
const MEGABYTE = 1 << 20;

/** The machine's clock, moved on by what has been simulated. */
class MovedClock implements Clock {
  ahead = INITIAL_TIMESTAMP - Date.now();
  now(): number {
    return Date.now() + this.ahead;
  }
  soon(task: () => void): void {
    setImmediate(task);
  }
  after(delayMs: number, task: () => void): () => void {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  }
}

const keyPairs = Array.from({ length: USERS }, (_, i) => {
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, i + 1);
  return KeyPair.fromSeed(seed);
});
const peerKey = keyPairs[0] as KeyPair;

function genesis(): State {
  const accounts = keyPairs.map((pair) =>
    AccountStatus.EMPTY.with({
      key: Blob.of(pair.publicKey),
      balance: 10_000 * GOLD,
      allowance: 10_000,
    }),
  );
  const key = Blob.of(peerKey.publicKey);
  const peers = Index.EMPTY.assoc(key, PeerStatus.create(Address.of(1), 100_000 * GOLD)) as Index;
  return State.of(
    Vector.from([AccountStatus.EMPTY, ...accounts]),
    peers,
    initialGlobals(),
    Index.EMPTY,
  );
}

/** Transfers between users one after another, each with its next sequence. */
class Load {
  readonly #peer: Peer;
  readonly #sequences: number[];
  #next = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.#sequences = keyPairs.map((_, i) => Number(peer.state().account(i + 1)?.sequence ?? 0));
  }

  async transfer(): Promise<void> {
    const user = this.#next++ % USERS;
    const sequence = (this.#sequences[user] as number) + 1;
    this.#sequences[user] = sequence;
    const to = Address.of(1 + ((user * 7919 + this.#next) % USERS));
    const transaction = Transfer.of(Address.of(user + 1), sequence, to, 1 + (sequence % 1000));
    const signed = SignedData.sign(keyPairs[user] as KeyPair, transaction);
    const result = await this.#peer.submit(signed);
    if (result.isError) throw new Error(`a transfer failed: ${result.error}`);
  }
}

class Scene {
  readonly directory: string;
  readonly clock = new MovedClock();
  readonly store: Store;
  readonly peer: Peer;
  readonly load: Load;

  constructor(directory: string) {
    this.directory = directory;
    this.store = sqliteStore(directory, CVM_TABLE);
    const parts = { keyPair: peerKey, genesis: genesis(), clock: this.clock };
    this.peer = new Peer({ store: this.store, ...parts, historyMs: DAY_MS });
    const { timestamp } = this.peer.state();
    this.clock.ahead = Math.max(this.clock.ahead, Number(timestamp) - Date.now());
    this.load = new Load(this.peer);
  }

  get bytes(): number {
    return statSync(join(this.directory, STORE_FILE)).size;
  }

  async fill(): Promise<void> {
    const blocks = TRANSACTIONS / PER_BLOCK;
    for (let i = this.peer.position; i < blocks; i++) {
      this.clock.ahead += (DAYS * DAY_MS) / blocks;
      await Promise.all(Array.from({ length: PER_BLOCK }, () => this.load.transfer()));
      if (i % 5_000 === 0) process.stderr.write(`${i} of ${blocks} blocks\n`);
    }
  }

  /** Latencies of transfers in ms, until told to end. */
  async latencies(isOver: () => boolean): Promise<number[]> {
    const found: number[] = [];
    const one = async () => {
      while (!isOver()) {
        const started = performance.now();
        await this.load.transfer();
        found.push(performance.now() - started);
        await Bun.sleep(PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: WAITING }, one));
    return found.sort((a, b) => a - b);
  }

  async close(): Promise<void> {
    await this.peer.close();
    this.store.close();
  }
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

export interface GcFigures {
  readonly beforeMb: number;
  readonly afterMb: number;
  readonly seconds: number;
  readonly pauseMs: number;
  readonly p99: number;
  readonly p99During: number;
}

/** Collects in a process of its own, as `store gc` does, while transfers go on. */
async function collect(scene: Scene, isLoaded: boolean) {
  const commands = new StoreCommands(scene.peer.upkeep);
  const other = { ok: false, error: "not of the store" } as const;
  const socket = new OperatorSocket(join(scene.directory, "operator.sock"), {
    handle: (request) => commands.handle(request) ?? other,
  });
  const program = ["src/cli/main.ts", "store", "gc", "--data-dir", scene.directory, "--json"];
  const child = Bun.spawn([process.execPath, ...program], { stdout: "pipe", stderr: "inherit" });
  const started = performance.now();
  const text = new Response(child.stdout).text();
  const during = isLoaded ? await scene.latencies(() => child.exitCode !== null) : [];
  if ((await child.exited) !== 0) throw new Error("the collection failed");
  socket.close();
  return { during, seconds: (performance.now() - started) / 1_000, report: JSON.parse(await text) };
}

async function measure(): Promise<GcFigures> {
  const directory = process.env.GC_FOLDER ?? mkdtempSync(join(tmpdir(), "convex-peer-gc-"));
  const scene = new Scene(directory);
  try {
    await scene.fill();
    const before = scene.bytes;
    const first = await collect(scene, false);
    const after = scene.bytes;
    process.stderr.write(`${JSON.stringify(first.report)}\n`);
    const endMs = performance.now() + BASELINE_MS;
    const baseline = await scene.latencies(() => performance.now() > endMs);
    const { during, report } = await collect(scene, true);
    const state = hashKey(scene.peer.state());
    await scene.close();
    const again = new Scene(directory);
    if (hashKey(again.peer.state()) !== state) throw new Error("another State after the restart");
    await again.load.transfer();
    await again.close();
    return {
      beforeMb: before / MEGABYTE,
      afterMb: after / MEGABYTE,
      seconds: first.seconds,
      pauseMs: report.pauseMs,
      p99: percentile(baseline, 0.99),
      p99During: percentile(during, 0.99),
    };
  } finally {
    if (process.env.GC_FOLDER === undefined && existsSync(directory)) {
      rmSync(directory, { recursive: true });
    }
  }
}

/** One run gives all of them. */
export function gcBenches(): Bench[] {
  let figures: Promise<GcFigures> | null = null;
  const bench = (name: string, unit: string, figure: (found: GcFigures) => number): Bench => ({
    name,
    unit,
    run: async () => {
      figures ??= measure();
      return figure(await figures);
    },
  });
  return [
    bench("gc-file-before", "MB", ({ beforeMb }) => beforeMb),
    bench("gc-file-after", "MB", ({ afterMb }) => afterMb),
    bench("gc-seconds", "s", ({ seconds }) => seconds),
    bench("gc-pause", "ms", ({ pauseMs }) => pauseMs),
    bench("gc-p99-without", "ms", ({ p99 }) => p99),
    bench("gc-p99-during", "ms", ({ p99During }) => p99During),
  ];
}
