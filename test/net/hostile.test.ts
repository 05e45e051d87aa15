// A peer on a real socket, and remotes that mean it harm: nothing they send makes it fail, keeps
// others waiting for a second, or takes memory without bound.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Cell, Value } from "../../src/data/cell.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { Vector } from "../../src/data/vector.ts";
import {
  MAX_CLIENT_CONNECTIONS,
  MISSING_LIMIT,
  SHARED_READ_BYTES,
  SHARED_WRITE_BYTES,
} from "../../src/net/bounds.ts";
import { Listener } from "../../src/net/listener.ts";
import {
  dataRequest,
  pingRequest,
  queryRequest,
  statusRequest,
  transactRequest,
} from "../../src/net/message.ts";
import { MessageServer } from "../../src/peer/clients/message-server.ts";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { Peer } from "../../src/peer/peer.ts";
import { CHECK_ASIDE } from "../../src/peer/signatures/signature-checks.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";
import { HeardBeliefs } from "../peer/message-scene.ts";
import { keyPair, newState, transfer } from "../peer/scene.ts";
import { uncrowdedMs } from "../work-time.ts";
import { frameOf, LOOPBACK, newMemory, RawClient, until } from "./loopback.ts";
import { mutated, numbers } from "./mutated-frame.ts";

/** Longest that anything honest may wait, in ms in which this process had a processor. */
const WAIT_MAX_MS = 1_000;
const MUTATED_FRAMES = Number(process.env.MUTATED_FRAMES ?? 10_000);
const FRAMES_PER_CLIENT = 20;

class Victim {
  readonly peer: Peer;
  readonly server: MessageServer;
  readonly listener: Listener;
  readonly beliefs = new HeardBeliefs();
  readonly faults: unknown[] = [];
  readonly clients: RawClient[] = [];

  constructor() {
    const store = memoryStore(CVM_TABLE);
    this.peer = new Peer({ store, keyPair: keyPair(0), genesis: newState(), clock: SYSTEM_CLOCK });
    this.server = new MessageServer({
      peer: this.peer,
      identity: { keyPair: keyPair(0), network: this.peer.status().genesis },
      clock: SYSTEM_CLOCK,
      table: CVM_TABLE,
      beliefs: this.beliefs,
      signatures: CHECK_ASIDE,
      onFault: (error) => this.faults.push(error),
    });
    this.listener = new Listener({
      host: LOOPBACK,
      port: 0,
      clock: SYSTEM_CLOCK,
      memory: this.server.memory,
      accept: (link) => this.server.attach(link),
      makeRoom: () => this.server.makeRoom(),
    });
  }

  async client(isReading = true): Promise<RawClient> {
    const client = await RawClient.connect(this.listener.port, isReading);
    this.clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    this.listener.stop();
    await this.peer.close();
    this.server.close();
  }
}

let victim: Victim;
beforeEach(() => {
  victim = new Victim();
});
afterEach(async () => {
  const { faults } = victim;
  await victim.close();
  expect(faults).toEqual([]);
});

function framed(message: Value): Uint8Array {
  return frameOf(encodeMultiCell(message));
}

/** Longest wait of an honest client for a ping, and of a Belief for being handed on. */
async function longestWait(rounds = 20): Promise<number> {
  const { beliefs, peer } = victim;
  const honest = await victim.client();
  const belief = framed(peer.belief);
  let longest = 0;
  for (let i = 0; i < rounds; i++) {
    const start = uncrowdedMs();
    const heard = beliefs.payloads.length;
    honest.send(framed(pingRequest(i)));
    honest.send(belief);
    await until(() => honest.payloads.length > i && beliefs.payloads.length > heard);
    longest = Math.max(longest, uncrowdedMs() - start);
    await Bun.sleep(10);
  }
  return longest;
}

describe("bytes that are wrong", () => {
  test("mutated frames: no fault, and the next client is served", async () => {
    const frames = fixtureRows<{ hex: string }>("frames").map(({ hex }) => bytesOf(hex));
    frames.push(framed(transactRequest(1, transfer(2, 1))), framed(victim.peer.belief));
    const next = numbers(20_260_822);
    let client = await victim.client();
    let answered = 0;
    for (let i = 0; i < MUTATED_FRAMES; i++) {
      // A length that was made larger swallows what follows.
      if (client.isClosed || i % FRAMES_PER_CLIENT === 0) {
        await Bun.sleep(0);
        answered += client.payloads.length;
        client.close();
        client = await victim.client();
      }
      client.send(mutated(frames[next(frames.length)] as Uint8Array, next));
      if (i % 10 === 0) await Bun.sleep(0);
    }
    // They did arrive: Results and Beliefs have no answer.
    expect(answered).toBeGreaterThan(MUTATED_FRAMES / 8);
    expect(await longestWait(3)).toBeLessThan(WAIT_MAX_MS);
  });

  test("transactions without id, with bad ids, and with nothing in them", async () => {
    const client = await victim.client();
    const signed = transfer(2, 1);
    const TX = Keyword.of("TX");
    const ids: readonly Value[] = [null, Keyword.of("x"), true, 2n ** 70n, Vector.EMPTY];
    for (const id of ids) client.send(framed(Vector.of(TX, id, signed)));
    for (const id of ids) client.send(framed(Vector.of(TX, id, 5)));
    client.send(framed(Vector.of(TX)));
    client.send(framed(statusRequest(1)));
    await client.replies(1);
    expect(victim.peer.position).toBe(0);
    client.send(framed(transactRequest(2, signed)));
    const [, done] = await client.replies(2);
    expect(done?.errorCode).toBeNull();
  });

  test("deep and wide values take no time to refuse", async () => {
    const client = await victim.client();
    let deep: Cell = Vector.of(Blob.of(new Uint8Array(200)));
    for (let i = 0; i < 20_000; i++) deep = Vector.of(deep, Blob.of(new Uint8Array(140)));
    client.send(framed(deep));
    client.send(frameOf(bytesOf(`80${"ff".repeat(8)}7f`)));
    client.send(frameOf(bytesOf(`82${"ff".repeat(8)}7f`)));
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
  });
});

describe("memory", () => {
  test("claims of 50 MB allocate nothing", async () => {
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 200; i++) (await victim.client()).send(bytesOf("97ebe10080"));
    // What was sent before these has come.
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
    expect(victim.server.memory.reading.usedBytes).toBe(0);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20);
  });

  test("what is sent of them is bounded in all, and the worst lose their connections", async () => {
    const chunk = new Uint8Array(20 * 2 ** 20);
    for (let i = 0; i < 12; i++) {
      const client = await victim.client();
      client.send(bytesOf("97ebe100"));
      client.send(chunk);
    }
    await until(() => victim.clients.some(({ isClosed }) => isClosed));
    expect(victim.server.memory.reading.usedBytes).toBeLessThanOrEqual(SHARED_READ_BYTES);
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
  });

  test("answers that nobody reads are bounded, and not even computed", async () => {
    const genesis = Buffer.from(victim.peer.status().genesis).toString("latin1");
    const flood = framed(dataRequest(1, new Array<string>(MISSING_LIMIT).fill(genesis)));
    for (let i = 0; i < 8; i++) {
      const client = await victim.client(false);
      client.send(Buffer.concat(new Array<Uint8Array>(500).fill(flood)));
    }
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
    expect(victim.server.memory.writing.usedBytes).toBeLessThan(SHARED_WRITE_BYTES);
    for (const { link } of victim.server.connections) {
      expect(link.queuedBytes).toBeLessThan(4 * 2 ** 20);
    }
  });
});

describe("others are served", () => {
  test("beside floods of data requests, queries and statuses", async () => {
    const genesis = Buffer.from(victim.peer.status().genesis).toString("latin1");
    const dear = readForm("(loop [i 0] (if (< i 20000) (recur (inc i)) i))");
    const floods: readonly Uint8Array[] = [
      framed(dataRequest(1, new Array<string>(MISSING_LIMIT).fill(genesis))),
      framed(queryRequest(1, dear, Address.of(1))),
      framed(statusRequest(1)),
      framed(transactRequest(1, transfer(2, 5, 1))),
    ];
    for (const flood of floods) {
      for (let i = 0; i < 3; i++) {
        const client = await victim.client();
        client.send(Buffer.concat(new Array<Uint8Array>(2_000).fill(flood)));
      }
    }
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
    const honest = await victim.client();
    const start = uncrowdedMs();
    honest.send(framed(transactRequest(1, transfer(7, 1))));
    const [done] = await honest.replies(1);
    expect(done?.errorCode).toBeNull();
    expect(uncrowdedMs() - start).toBeLessThan(2 * WAIT_MAX_MS);
  });

  test("beside as many idle connections as there may be", async () => {
    const clients: RawClient[] = [];
    for (let i = 0; i < MAX_CLIENT_CONNECTIONS - 1; i++) clients.push(await victim.client());
    await until(() => victim.listener.count === MAX_CLIENT_CONNECTIONS - 1);
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
    await victim.client();
    expect(await longestWait(1)).toBeLessThan(WAIT_MAX_MS);
    await until(() => clients.filter(({ isClosed }) => isClosed).length === 2);
    expect(victim.listener.count).toBe(MAX_CLIENT_CONNECTIONS);
  });

  test("beside writers of a byte at a time", async () => {
    const frame = framed(statusRequest(1));
    const slow: RawClient[] = [];
    for (let i = 0; i < 50; i++) slow.push(await victim.client());
    for (const byte of frame) {
      for (const client of slow) client.send(new Uint8Array([byte]));
      await Bun.sleep(2);
    }
    expect(await longestWait()).toBeLessThan(WAIT_MAX_MS);
    for (const client of slow) expect((await client.replies(1)).length).toBe(1);
  });
});

test("memory of links is given back when they close", async () => {
  const memory = newMemory();
  expect([memory.reading.usedBytes, memory.writing.usedBytes]).toEqual([0, 0]);
  const client = await victim.client();
  client.send(bytesOf("97ebe100"));
  client.send(new Uint8Array(10 * 2 ** 20));
  await until(() => victim.server.memory.reading.usedBytes > 9 * 2 ** 20);
  client.close();
  await until(() => victim.server.memory.reading.usedBytes === 0);
});
