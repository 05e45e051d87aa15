// Links over real sockets on loopback: connections in both address families, back-pressure in both
// directions, remotes that are slow on purpose, and how links end.

import { afterEach, describe, expect, spyOn, test } from "bun:test";
import { networkInterfaces } from "node:os";
import {
  READ_AHEAD_BYTES,
  SLOW_FRAME_GRACE_MS,
  SLOW_FRAME_RATE,
  WRITE_HIGH_WATER_BYTES,
  WRITE_QUEUE_BYTES,
  WRITE_TIMEOUT_MS,
} from "../../src/net/bounds.ts";
import { DialError, dialTcp } from "../../src/net/dial.ts";
import type { LinkHandler } from "../../src/net/link.ts";
import { ANY_ADDRESS, Listener, PeerPortError, remoteOf } from "../../src/net/listener.ts";
import { SharedBuffer } from "../../src/net/shared-buffer.ts";
import type { LinkMemory, TcpLink } from "../../src/net/tcp-link.ts";
import { TestClock } from "../peer/scene.ts";
import { frameOf, LOOPBACK, newMemory, RawClient, until } from "./loopback.ts";

/** A link that is read at once, or only when told. */
class Reader implements LinkHandler {
  readonly link: TcpLink;
  readonly payloads: Uint8Array[] = [];
  isReading = true;
  drains = 0;
  reason: string | null = null;

  constructor(link: TcpLink) {
    this.link = link;
    link.open(this);
  }
  readable(): void {
    if (this.isReading) this.read();
  }
  read(): void {
    for (let p = this.link.receive(); p !== null; p = this.link.receive()) this.payloads.push(p);
  }
  drained(): void {
    this.drains++;
  }
  closed(reason: string): void {
    this.reason = reason;
  }
}

/** Addresses of this machine, in the families that it has. */
const HOSTS = Object.values(networkInterfaces()).some((all) =>
  all?.some((a) => a.address === "::1"),
)
  ? [LOOPBACK, "::1"]
  : [LOOPBACK];

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

interface Served {
  readonly clock: TestClock;
  readonly memory: LinkMemory;
  readonly listener: Listener;
  readonly readers: Reader[];
}

function serve(options: { host?: string; max?: number; memory?: LinkMemory } = {}): Served {
  const { host = LOOPBACK, max = 10, memory = newMemory() } = options;
  const clock = new TestClock();
  const readers: Reader[] = [];
  const listener = new Listener({
    host,
    port: 0,
    clock,
    memory,
    accept: (link) => readers.push(new Reader(link)),
    connectionsMax: max,
  });
  stops.push(() => {
    listener.stop();
    for (const { link } of readers) link.close("test");
  });
  return { clock, memory, listener, readers };
}

async function client(port: number, isReading = true): Promise<RawClient> {
  const made = await RawClient.connect(port, isReading);
  stops.push(() => made.close());
  return made;
}

async function firstReader({ readers }: Served): Promise<Reader> {
  await until(() => readers.length > 0);
  return readers[0] as Reader;
}

describe("connections", () => {
  test("come in over IPv4 and IPv6, with addresses in their own form", async () => {
    const served = serve({ host: ANY_ADDRESS });
    const memory = newMemory();
    for (const host of HOSTS) {
      const link = await dialTcp(host, served.listener.port, { clock: served.clock, memory });
      expect(link.isTrusted).toBe(true);
      stops.push(() => link.close("test"));
    }
    await until(() => served.readers.length === HOSTS.length);
    expect(served.readers.map(({ link }) => link.remote.host)).toEqual(HOSTS);
    expect(served.clock.timers).toBe(0);
  });

  test("are made by name too", async () => {
    const served = serve({ host: ANY_ADDRESS });
    const options = { clock: served.clock, memory: newMemory() };
    const link = await dialTcp("localhost", served.listener.port, options);
    const reader = await firstReader(served);
    expect(link.send(new Uint8Array([7]))).toBe(true);
    await until(() => reader.payloads.length === 1);
    link.close("done");
    await until(() => reader.reason !== null);
  });

  test("that nobody takes, or whose name is unknown, end in a sentence", async () => {
    const served = serve();
    const { port } = served.listener;
    served.listener.stop();
    const options = { clock: served.clock, memory: newMemory() };
    const refused = await dialTcp(LOOPBACK, port, options).catch((error) => error);
    expect(refused).toBeInstanceOf(DialError);
    expect(refused.code).toBe("REFUSED");
    expect(refused.message).toBe(`No peer listens at ${LOOPBACK}:${port}: check the port`);
    const unknown = await dialTcp("no-such-peer.invalid", port, options).catch((error) => error);
    expect(unknown.code).toBe("NAME");
    // An address and port without brackets.
    const mixedUp = await dialTcp("::1:18902", port, options).catch((error) => error);
    expect(mixedUp.code).toBe("NAME");
    expect(mixedUp.message).toContain("[ADDRESS]:PORT");
    expect(served.clock.timers).toBe(0);
  });

  test("take their time only up to a bound", async () => {
    const served = serve();
    const options = { clock: served.clock, memory: newMemory(), timeoutMs: 500 };
    const dialled = dialTcp(LOOPBACK, served.listener.port, options).catch((error) => error.code);
    served.clock.advance(500);
    expect(await dialled).toBe("TIMEOUT");
    await until(() => served.listener.count === 0);
  });

  test("that are reset before they are taken have no address, and are let go", () => {
    const gone = { remoteAddress: undefined, remotePort: 0 } as unknown as Parameters<
      typeof remoteOf
    >[0];
    expect(remoteOf(gone)).toBeNull();
  });

  test("beyond the greatest number are closed at once", async () => {
    const served = serve({ max: 2 });
    const clients: RawClient[] = [];
    for (let i = 0; i < 5; i++) clients.push(await client(served.listener.port));
    await until(() => clients.filter(({ isClosed }) => isClosed).length === 3);
    expect(served.listener.count).toBe(2);
    clients[0]?.close();
    await until(() => served.listener.count === 1);
  });

  test("find a port that is taken, or an address that is not here, and say what to do", () => {
    const { listener, clock } = serve();
    const options = { clock, memory: newMemory(), accept: () => {} };
    const taken = () => new Listener({ ...options, host: LOOPBACK, port: listener.port });
    expect(taken).toThrow(PeerPortError);
    expect(taken).toThrow("another program listens there; stop it, or choose another port");
    const foreign = () => new Listener({ ...options, host: "192.0.2.1", port: 0 });
    expect(foreign).toThrow("choose an address of this machine with --bind");
  });
});

describe("reading", () => {
  test("stops when what has come is not taken, and goes on when it is", async () => {
    const served = serve();
    const sender = await client(served.listener.port);
    const reader = await firstReader(served);
    reader.isReading = false;
    const payload = new Uint8Array(50_000).fill(1);
    const count = 600;
    sender.send(Buffer.concat(new Array(count).fill(frameOf(payload))));
    await Bun.sleep(100);
    expect(sender.unsentBytes).toBeGreaterThan(1_000_000);
    expect(served.memory.reading.usedBytes).toBeLessThan(4 * READ_AHEAD_BYTES);
    reader.isReading = true;
    reader.read();
    await until(() => reader.payloads.length === count);
    expect(sender.unsentBytes).toBe(0);
  });

  test("gives up a message that comes in too slowly, and no other", async () => {
    const served = serve();
    const { clock } = served;
    const slow = await client(served.listener.port);
    const reader = await firstReader(served);
    const hold = spyOn(served.memory.reading, "hold");
    const heldBytes = () => hold.mock.lastCall?.[1] ?? 0;
    slow.send(Uint8Array.fromHex("97ebe10001"));
    await until(() => heldBytes() > 0);
    clock.advance(SLOW_FRAME_GRACE_MS);
    reader.link.check(clock.now());
    expect(reader.link.isOpen).toBe(true);
    slow.send(new Uint8Array(SLOW_FRAME_RATE));
    await until(() => heldBytes() > SLOW_FRAME_RATE);
    clock.advance(1_000);
    reader.link.check(clock.now());
    expect(reader.link.isOpen).toBe(true);
    clock.advance(1_000);
    reader.link.check(clock.now());
    expect(reader.reason).toBe("its message comes in too slowly");
    await until(() => slow.isClosed);
  });

  test("ends with what is no frame", async () => {
    const served = serve();
    const bad = await client(served.listener.port);
    const reader = await firstReader(served);
    bad.send(Uint8Array.fromHex("0180800801"));
    await until(() => reader.reason !== null);
    expect(reader.payloads).toEqual([new Uint8Array([0x80])]);
    expect(reader.reason).toBe("it sent no message but a length with a leading zero");
  });

  test("needs no more memory than there is: the largest buffers go", async () => {
    const memory = { reading: new SharedBuffer(300_000, 1_000), writing: newMemory().writing };
    const served = serve({ memory });
    const clients: RawClient[] = [];
    for (let i = 0; i < 4; i++) {
      clients.push(await client(served.listener.port));
      clients[i]?.send(Uint8Array.fromHex("97ebe100"));
      clients[i]?.send(new Uint8Array(100_000 + 1_000 * i));
    }
    await until(() => clients.filter(({ isClosed }) => isClosed).length === 2);
    expect(memory.reading.usedBytes).toBeLessThanOrEqual(300_000);
    expect(
      served.readers.filter(({ reason }) => reason !== null).map(({ reason }) => reason),
    ).toEqual([
      "its message needs memory that others need more",
      "its message needs memory that others need more",
    ]);
  });
});

describe("writing", () => {
  test("waits for who reads slowly, then goes on in order", async () => {
    const served = serve();
    const receiver = await client(served.listener.port, false);
    const { link } = await firstReader(served);
    const reader = served.readers[0] as Reader;
    let count = 0;
    while (link.send(new Uint8Array(100_000).fill(count % 251))) {
      count++;
      if (count % 20 === 0) await Bun.sleep(0);
    }
    expect(link.queuedBytes).toBeGreaterThan(WRITE_QUEUE_BYTES - 200_000);
    expect(link.queuedBytes).toBeLessThanOrEqual(WRITE_QUEUE_BYTES);
    const { drains } = reader;
    receiver.resume();
    await until(() => receiver.payloads.length === count);
    expect(reader.drains).toBe(drains + 1);
    expect(link.queuedBytes).toBe(0);
    expect(receiver.payloads.every((p, i) => p[0] === i % 251 && p.length === 100_000)).toBe(true);
  });

  test("gives up who reads nothing", async () => {
    const served = serve();
    await client(served.listener.port, false);
    const { link } = await firstReader(served);
    for (let i = 0; i < 10; i++) link.send(new Uint8Array(WRITE_HIGH_WATER_BYTES));
    await Bun.sleep(50);
    served.clock.advance(WRITE_TIMEOUT_MS);
    link.check(served.clock.now());
    expect(link.isOpen).toBe(true);
    served.clock.advance(1);
    link.check(served.clock.now());
    expect(served.readers[0]?.reason).toBe("it does not read what it is sent");
    expect(served.memory.writing.usedBytes).toBe(0);
  });

  test("what was sent before the end still arrives", async () => {
    const served = serve();
    const receiver = await client(served.listener.port);
    const { link } = await firstReader(served);
    link.send(new Uint8Array([1]));
    link.send(new Uint8Array([2]));
    link.close("done");
    expect(link.send(new Uint8Array([3]))).toBe(false);
    await until(() => receiver.isClosed);
    expect(receiver.payloads).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
  });

  test("to who has gone does no harm", async () => {
    const served = serve();
    const receiver = await client(served.listener.port);
    const { link } = await firstReader(served);
    receiver.close();
    while (link.isOpen) {
      link.send(new Uint8Array(1_000));
      await Bun.sleep(1);
    }
    expect(link.isOpen).toBe(false);
    link.close("again");
    link.check(served.clock.now());
  });
});
