// What a neighbour answers: it may be anything.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { NO_CELLS, type Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Connection, type MessageHandler } from "../../../src/net/connection.ts";
import { Turns } from "../../../src/net/turns.ts";
import { StateComparison } from "../../../src/peer/beliefs/state-comparison.ts";
import { Neighbour, type RemoteStatus } from "../../../src/peer/connections/neighbour.ts";
import { Result } from "../../../src/state/result.ts";
import { FakeLink, resultPayload } from "../../net/fake-link.ts";
import { SeededRandom } from "../cluster.ts";
import { keyPair, newPeer, TestClock, transfer } from "../scene.ts";

const NETWORK = new Uint8Array(32).fill(9);
const REF = [0x20, ...new Array(32).fill(7)];

const UNCONCERNED: MessageHandler = {
  unread: () => false,
  message: () => {},
  unreadable: () => {},
  fault: (_, error) => {
    throw error;
  },
  writable: () => {},
  spent: () => {},
  closed: () => {},
};

function scene() {
  const clock = new TestClock();
  const link = new FakeLink();
  const turns = new Turns(clock, 5);
  const context = { clock, turns, table: CVM_TABLE, source: NO_CELLS, handler: UNCONCERNED };
  const address = { host: "192.0.2.1", port: 1 };
  const origin = { direction: "outgoing", isNamed: true, address } as const;
  return { clock, link, neighbour: new Neighbour(new Connection(link, context), origin) };
}

/** Results to the request with id 0. */
const ANSWERS: readonly (readonly [name: string, payload: number[] | Uint8Array])[] = [
  ["a value that is not there", [0xdd, 0x05, 0x10, ...REF, 0x00, 0x00, 0x00]],
  ["an error that is not there", [0xdd, 0x05, 0x10, 0x00, ...REF, 0x00, 0x00]],
  ["a Result that ends early", [0xdd, 0x05, 0x10, 0x80]],
  ["a value of another kind", resultPayload(0, true)],
];

describe.each(ANSWERS)("%p", (_, payload) => {
  test("proves no key", async () => {
    const { link, neighbour } = scene();
    const identity = { keyPair: keyPair(0), network: NETWORK };
    const proven = neighbour.prove(identity, new SeededRandom(1), null);
    link.arrive(Uint8Array.from(payload));
    expect(await proven).toBeNull();
    expect(neighbour.isProving).toBe(false);
  });

  test("is no status", async () => {
    const { link, neighbour } = scene();
    const status = neighbour.askStatus();
    link.arrive(Uint8Array.from(payload));
    expect(await status).toBeNull();
  });

  test("tells no time", async () => {
    const { clock, link, neighbour } = scene();
    const told = neighbour.askTime(clock);
    link.arrive(Uint8Array.from(payload));
    await told;
    expect(neighbour.clockSkewMs).toBeNull();
  });
});

const hash = (fill: number) => Blob.of(new Uint8Array(32).fill(fill));
const POINTS = Vector.of(4, 3, 2, 1);
const STATUS: readonly Value[] = [hash(1), hash(2), hash(3), hash(4), hash(5), 2, 3, 4, POINTS];

test("a status is one from nine fields on, or of the same names", async () => {
  const statusOf = async (value: Value) => {
    const { link, neighbour } = scene();
    const told = neighbour.askStatus();
    link.arrive(resultPayload(0, value));
    return told;
  };
  const expected = await statusOf(Vector.from([...STATUS]));
  expect(expected?.genesis).toBe("\x03".repeat(32));
  expect(expected?.peer).toBe("\x04".repeat(32));
  expect(await statusOf(Vector.from([...STATUS, 1, 2]))).toEqual(expected);
  const named = ["belief", "states", "genesis", "peer", "state"].map((name, i): [Value, Value] => [
    Keyword.of(name),
    STATUS[i] as Value,
  ]);
  named.push([Keyword.of("consensus"), POINTS]);
  expect(await statusOf(CVMMap.from(named))).toEqual(expected);
  for (const [at, odd] of [
    ...[0, 2, 3].map((at) => [at, null] as const),
    [2, Blob.of(new Uint8Array(31))],
    [8, Vector.of(4, 3, 2)],
    [8, 7],
  ] as const) {
    expect(await statusOf(Vector.from(STATUS.with(at, odd)))).toBeNull();
  }
  expect(await statusOf(Vector.from(STATUS.slice(0, 8)))).toBeNull();
});

/** A Result of an error, in answer to the request with id 0. */
const refusal = encodeMultiCell(Result.of({ id: 0, result: 77, error: Keyword.of("LOAD") }));

test("an error tells no time, and gives no cells", async () => {
  const { clock, link, neighbour } = scene();
  const told = neighbour.askTime(clock);
  link.arrive(refusal);
  await told;
  expect(neighbour.clockSkewMs).toBeNull();
  const other = scene();
  const cells = other.neighbour.cells(["x".repeat(32)]);
  other.link.arrive(refusal);
  expect(cells).rejects.toThrow("the peer answers with LOAD");
  const third = scene();
  const none = third.neighbour.cells(["x".repeat(32)]);
  third.link.arrive(resultPayload(0, Vector.of(null)));
  expect((await none).size).toBe(0);
});

test("clocks are compared by the time between question and answer", async () => {
  const { clock, link, neighbour } = scene();
  const askedAt = clock.now();
  const told = neighbour.askTime(clock);
  clock.advance(100);
  link.arrive(resultPayload(0, askedAt + 70));
  await told;
  expect(neighbour.clockSkewMs).toBe(20);
});

test("a neighbour is trusted by its key, or by the operator's word", () => {
  const { neighbour } = scene();
  expect(neighbour.isTrusted).toBe(true);
  const origin = { ...neighbour.origin, isNamed: false };
  const unnamed = new Neighbour(neighbour.connection, origin);
  expect(unnamed.isTrusted).toBe(false);
  expect(unnamed.reporter).toBe("192.0.2.1:1");
  unnamed.key = "k";
  expect([unnamed.isTrusted, unnamed.reporter]).toEqual([true, "k"]);
});

test("a status with a negative number of final blocks is compared like any other", async () => {
  const { clock, link, neighbour } = scene();
  const peer = newPeer({ clock });
  const answer = peer.submit(transfer(2, 1));
  await peer.settled();
  await answer;
  expect(peer.position).toBe(1);
  const hash = Blob.of(new Uint8Array(32).fill(1));
  const points = Vector.of(0, 0, -5, -(2n ** 70n));
  const told = neighbour.askStatus();
  link.arrive(resultPayload(0, Vector.of(hash, hash, hash, hash, hash, 0, 0, 0, points)));
  const status = (await told) as RemoteStatus;
  const comparison = new StateComparison(peer);
  expect(comparison.report(status.peer, status, 0)).toBe("unknown");
  expect(comparison.report(status.peer, status, 5_000)).toBe("different");
});
