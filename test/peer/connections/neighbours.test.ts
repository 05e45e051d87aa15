// Neighbours by their connections, and which of them are one peer.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { NO_CELLS } from "../../../src/data/cell.ts";
import { Connection, type MessageHandler } from "../../../src/net/connection.ts";
import { Turns } from "../../../src/net/turns.ts";
import { Neighbour } from "../../../src/peer/connections/neighbour.ts";
import { Neighbours } from "../../../src/peer/connections/neighbours.ts";
import { FakeLink } from "../../net/fake-link.ts";
import { TestClock } from "../scene.ts";

const clock = new TestClock();
const handler = { closed: () => {} } as unknown as MessageHandler;
const turns = new Turns(clock, 5);

function connection(): Connection {
  const context = { clock, turns, table: CVM_TABLE, source: NO_CELLS, handler };
  return new Connection(new FakeLink(), context);
}

/** Of the same peer, one neighbour that came in and one that was dialled. */
function twoOfOne() {
  const all = new Neighbours();
  const incoming = all.at(connection());
  const { address } = incoming.origin;
  const origin = { direction: "outgoing", isNamed: false, address } as const;
  const outgoing = all.add(new Neighbour(connection(), origin));
  for (const each of [incoming, outgoing]) each.key = "the key";
  return { all, incoming, outgoing };
}

test("a connection that came in has one neighbour, until it is removed", () => {
  const all = new Neighbours();
  const one = connection();
  expect(all.find(one)).toBeNull();
  const neighbour = all.at(one);
  expect([all.at(one), all.find(one)]).toEqual([neighbour, neighbour]);
  expect(neighbour.origin.direction).toBe("incoming");
  expect(all.remove(one)).toBe(neighbour);
  expect([all.find(one), all.remove(one), [...all].length]).toEqual([null, null, 0]);
});

test("neighbours that have proved one key are the same peer, without a key each is its own", () => {
  const { all, incoming, outgoing } = twoOfOne();
  const other = all.at(connection());
  expect(all.samePeer(incoming)).toEqual([incoming, outgoing]);
  expect(all.samePeer(other)).toEqual([other]);
  incoming.key = null;
  expect(all.samePeer(outgoing)).toEqual([outgoing]);
});

test("cells are asked for on the connection that was opened to the peer, while it is open", () => {
  const { all, incoming, outgoing } = twoOfOne();
  expect(all.providerOf(incoming)).toBe(outgoing);
  outgoing.connection.close("lost");
  expect(all.providerOf(incoming)).toBe(incoming);
});
