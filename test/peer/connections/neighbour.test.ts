// What a neighbour answers: it may be anything.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { NO_CELLS } from "../../../src/data/cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Connection, type MessageHandler } from "../../../src/net/connection.ts";
import { Turns } from "../../../src/net/turns.ts";
import { StateComparison } from "../../../src/peer/beliefs/state-comparison.ts";
import { Neighbour, type RemoteStatus } from "../../../src/peer/connections/neighbour.ts";
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
