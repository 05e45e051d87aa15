// What the peer answers to messages (sheet 04 §5.3, §7), one client or many.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import { Ref, type Value } from "../../../src/data/cell.ts";
import { encodedLength, encoding, hashBytes, hashKey } from "../../../src/data/encode.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  CHECK_INTERVAL_MS,
  CROWD_GIVES_WAY_AFTER_MS,
  CROWD_MIN,
  IDLE_TIMEOUT_MS,
  MISSING_LIMIT,
} from "../../../src/net/bounds.ts";
import { makeChallenge, provenKey } from "../../../src/net/challenge.ts";
import {
  challengeRequest,
  dataRequest,
  goodbye,
  pingRequest,
  queryRequest,
  statusRequest,
  transactRequest,
} from "../../../src/net/message.ts";
import type { Reply } from "../../../src/net/reply.ts";
import { QUERY_BYTES_MAX, QUERY_LANE_MAX } from "../../../src/peer/bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Order } from "../../../src/state/order.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { messageScene, TestClient, turn } from "../message-scene.ts";
import { ACTOR, keyPair, newPeer, SetClock, TestClock, transfer } from "../scene.ts";

function vector(tag: string, ...rest: Value[]): Vector {
  return Vector.from([Keyword.of(tag), ...rest]);
}

function idOf(reply: Reply): Value {
  return reply.result instanceof Object && "field" in reply.result ? reply.result.field(0) : null;
}

function infoOf(reply: Reply, name: string): Value {
  return reply.info instanceof CVMMap ? (reply.info.get(Keyword.of(name)) ?? null) : null;
}

function codeAndText(reply: Reply): string {
  return `${reply.errorCode} ${reply.value}`;
}

describe("status and ping", () => {
  test("are answered at once", async () => {
    const { server, peer, clock } = messageScene();
    const client = new TestClient(server);
    client.send(statusRequest(7));
    client.send(pingRequest(-1));
    const [status, ping] = (await client.replies(2)) as [Reply, Reply];
    expect([idOf(status), idOf(ping)]).toEqual([7, -1]);
    const { value } = status;
    if (!(value instanceof Vector)) throw new Error("no vector");
    expect(value.count).toBe(9);
    expect(hashKey(value.get(0))).toBe(hashKey(Blob.of(peer.status().belief)));
    expect(hashKey(value.get(4))).toBe(hashKey(Blob.of(hashBytes(peer.state()))));
    expect(hashKey(value.get(8))).toBe(hashKey(Vector.of(0, 0, 0, 0)));
    expect(ping.value).toBe(clock.now());
  });

  test("without an id are not", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    for (const id of [null, Keyword.of("x"), 2n ** 63n]) {
      client.send(vector("SR", id));
      client.send(vector("PING", id));
    }
    client.send(vector("SR"));
    await client.nothing();
    client.send(statusRequest(2 ** 53 - 1));
    await client.reply();
  });
});

describe("queries", () => {
  test("give Results of source :PEER", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.send(queryRequest(3, readForm("[*address* *origin*]"), Address.of(2)));
    const reply = await client.reply();
    expect(idOf(reply)).toBe(3);
    expect(hashKey(reply.value)).toBe(hashKey(Vector.of(Address.of(2), Address.of(2))));
    expect((infoOf(reply, "source") as Keyword).name).toBe("PEER");
    expect(infoOf(reply, "juice")).toBeGreaterThan(0);
  });

  test("longer than a megabyte are refused unread", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    // Cells as nobody could decode them: the refusal is of the length.
    const request = encodeMultiCell(queryRequest(7, readForm("[1 2 3]"), Address.of(2)));
    const long = new Uint8Array(QUERY_BYTES_MAX + 1);
    long.set(request);
    client.sendBytes(long);
    const reply = await client.reply();
    expect(idOf(reply)).toBe(7);
    expect(codeAndText(reply)).toBe("EXCEPTION Too much work in a query");
    const other = new TestClient(server);
    other.sendBytes(long.subarray(0, QUERY_BYTES_MAX));
    expect(codeAndText(await other.reply())).toStartWith("FORMAT");
  });

  test("without address, or with something else in its place, run as #11", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.send(queryRequest(0, readForm("*address*"), null));
    client.send(vector("Q", 1, readForm("*address*"), 11));
    for (const reply of await client.replies(2)) {
      expect((reply.value as Address).value).toBe(11);
    }
  });

  test("of an account that is not there are told so", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.send(queryRequest(6, 1, Address.of(999_999)));
    const reply = await client.reply();
    expect(codeAndText(reply)).toBe("NOBODY Query for non-existant account");
    // The reference's reply, byte for byte (sheet 04, F8).
    expect(Buffer.from(reply.payload).toString("hex")).toBe(
      "dd051106301e517565727920666f72206e6f6e2d6578697374616e74206163636f756e7433064e4f424f445980008203330574726163658000" +
        "33056561646472ea003306736f75726365330450454552",
    );
  });

  test("as transactions of an account that is not there are told so in the CVM's words", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.send(queryRequest(6, Invoke.of(Address.of(999_999), 1, 1), Address.of(2)));
    const reply = await client.reply();
    expect(codeAndText(reply)).toBe("NOBODY Account does not exist");
    expect((infoOf(reply, "source") as Keyword).name).toBe("PEER");
    expect(hashKey(infoOf(reply, "eaddr"))).toBe(hashKey(Address.of(0)));
  });

  test("may be transactions, signed or not, without effect", async () => {
    const { server, peer } = messageScene();
    const client = new TestClient(server);
    const before = hashKey(peer.state());
    const unsigned = Invoke.of(Address.of(3), 77, readForm("(do (def x 1) x)"));
    client.send(queryRequest(0, unsigned, null));
    const zero = SignedData.of(keyPair(9).publicKey, new Uint8Array(64), unsigned);
    client.send(queryRequest(1, zero, null));
    for (const reply of await client.replies(2)) expect(reply.value).toBe(1);
    expect(hashKey(peer.state())).toBe(before);
  });

  test("without id or element end the connection", async () => {
    const { server, beliefs } = messageScene();
    for (const message of [vector("Q", 1, 1), vector("Q", null, 1, null)]) {
      const client = new TestClient(server);
      client.send(message);
      await turn();
      await turn();
      expect(client.link.closedFor).toBe("its query lacks an id, or elements");
    }
    expect(beliefs.closed.length).toBe(2);
    expect(server.connections.size).toBe(0);
  });

  test("of forms that are not there are told which cell is missing", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    const absent = new Ref("\x11".repeat(32), null);
    const form = Vector.of(1);
    const message = vector("Q", 1, form, null);
    message.fillSlot(2, absent as never);
    client.sendBytes(encoding(message));
    expect(codeAndText(await client.reply())).toBe(`MISSING Missing data: 0x${"11".repeat(32)}`);
  });

  test("of which the id is not there, or no id and an element is not, end the connection", async () => {
    const { server } = messageScene();
    const absent = new Ref("\x11".repeat(32), null);
    for (const [id, index] of [
      [1, 1],
      [null, 2],
      [null, 3],
    ] as const) {
      const client = new TestClient(server);
      const message = vector("Q", id, Vector.of(1), null);
      message.fillSlot(index, absent as never);
      client.sendBytes(encoding(message));
      await client.nothing();
      expect(client.link.closedFor).toBe("its query lacks an id, or elements");
    }
  });

  test("of all connections get their turns", async () => {
    const { server } = messageScene();
    const busy = new TestClient(server, "192.0.2.7");
    const rare = new TestClient(server, "192.0.2.8");
    const dear = readForm("(loop [i 0] (if (< i 3000) (recur (inc i)) i))");
    for (let i = 0; i < 200; i++) busy.send(queryRequest(i, dear, Address.of(1)));
    rare.send(queryRequest(0, 1, Address.of(1)));
    await rare.reply();
    expect(busy.link.sent.length).toBeLessThan(100);
    await busy.replies(200);
  });
});

describe("transactions", () => {
  test("are answered at finality, with hash and place", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    const signed = transfer(2, 1);
    client.send(transactRequest(5, signed));
    const reply = await client.reply();
    expect([idOf(reply), reply.errorCode, reply.value]).toEqual([5, null, 1]);
    expect(hashKey(infoOf(reply, "tx"))).toBe(hashKey(Blob.of(hashBytes(signed))));
    expect(hashKey(infoOf(reply, "loc"))).toBe(hashKey(Vector.of(0, 0)));
  });

  test("sent twice are answered twice, each to whoever asked", async () => {
    const { server } = messageScene();
    const clients = [new TestClient(server), new TestClient(server)];
    clients.forEach((client, i) => {
      client.send(transactRequest(40 + i, transfer(2, 1)));
    });
    const replies = await Promise.all(clients.map((client) => client.reply()));
    expect(replies.map(idOf)).toEqual([40, 41]);
    expect(replies.map(({ errorCode }) => errorCode)).toEqual([null, null]);
  });

  const rows: readonly (readonly [signed: Value, answer: string])[] = [
    [5, "FORMAT Bad Message Format!"],
    [SignedData.sign(keyPair(2), 5), "FORMAT Bad Message Format!"],
    [transfer(999, 1), "NOBODY Account does not exist"],
    [transfer(2, 0), "SEQUENCE Old sequence number"],
    [transfer(ACTOR, 1), "STATE Cannot run external transaction for actor account"],
    [SignedData.sign(keyPair(3), transfer(2, 1).value), "SIGNATURE Wrong key for account"],
    [
      SignedData.of(keyPair(2).publicKey, new Uint8Array(64), transfer(2, 1).value),
      "SIGNATURE Bad Signature!",
    ],
  ];
  for (const [signed, answer] of rows) {
    test(`are refused: ${answer}`, async () => {
      const { server } = messageScene();
      const client = new TestClient(server);
      client.send(vector("TX", 11, signed));
      const reply = await client.reply();
      expect(codeAndText(reply)).toBe(answer);
      expect((infoOf(reply, "source") as Keyword).name).toBe("PEER");
    });
  }

  test("that are not there are of bad format", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    const message = vector("TX", 11, Vector.of(1));
    message.fillSlot(2, new Ref("\x11".repeat(32), null) as never);
    client.sendBytes(encoding(message));
    expect(codeAndText(await client.reply())).toBe("FORMAT Bad Message Format!");
  });

  test("without an id that could be answered are not run, and harm nobody", async () => {
    const { server, peer, faults } = messageScene();
    const client = new TestClient(server);
    for (const id of [null, Keyword.of("x"), CVMString.of("1"), 2n ** 64n]) {
      client.send(vector("TX", id, transfer(2, 1)));
      client.send(vector("TX", id, 5));
    }
    client.send(vector("TX"));
    client.send(vector("TX", 1));
    expect(codeAndText(await client.reply())).toBe("FORMAT Bad Message Format!");
    await client.nothing();
    await peer.settled();
    expect(peer.position).toBe(0);
    expect(faults).toEqual([]);
    client.send(transactRequest(1, transfer(2, 1)));
    expect((await client.reply()).errorCode).toBeNull();
  });

  test("keep their order however their signatures are checked", async () => {
    const later: (() => void)[] = [];
    const signatures = { check: (_signed: SignedData, done: () => void) => later.push(done) };
    const { server } = messageScene(null, { signatures });
    const client = new TestClient(server);
    for (let i = 1; i <= 50; i++) client.send(transactRequest(i, transfer(2, i)));
    for (let i = 0; i < 20; i++) await turn();
    expect(later.length).toBe(50);
    for (const done of later.reverse()) done();
    for (const reply of await client.replies(50)) expect(reply.errorCode).toBeNull();
  });
});

describe("data requests", () => {
  test("give the cells that are held, without what they name", async () => {
    const { server, peer } = messageScene();
    const client = new TestClient(server);
    const genesis = Buffer.from(peer.status().genesis).toString("latin1");
    const belief = Buffer.from(peer.status().belief).toString("latin1");
    const accounts = hashKey(peer.state().accounts);
    const asked = [genesis, "\0".repeat(32), belief, accounts, genesis];
    client.send(dataRequest(9, asked));
    const reply = await client.reply();
    const cells = reply.dataCells(asked);
    expect(new Set(cells.keys())).toEqual(new Set([genesis, belief, accounts]));
    expect(cells.get(accounts)).toEqual(encoding(peer.state().accounts));
    expect(reply.payload.length).toBeLessThan(2_000);
  });

  test("of many cells come with the vector that holds them", async () => {
    const { server, peer } = messageScene();
    const client = new TestClient(server);
    const genesis = Buffer.from(peer.status().genesis).toString("latin1");
    const asked = new Array<string>(MISSING_LIMIT).fill(genesis);
    client.send(dataRequest(1, asked));
    const { value } = await client.reply();
    if (!(value instanceof Vector)) throw new Error("no vector");
    expect(value.count).toBe(MISSING_LIMIT);
    expect(hashKey(value.get(MISSING_LIMIT - 1))).toBe(genesis);
  });

  test("repeat any id, also none", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.send(vector("DR", null));
    client.send(vector("DR", Keyword.of("me")));
    const [one, two] = (await client.replies(2)) as [Reply, Reply];
    expect(idOf(one)).toBeNull();
    expect((idOf(two) as Keyword).name).toBe("me");
    expect((one.value as Vector).count).toBe(0);
  });

  test("for too much, or for what is no hash, are not answered", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    const hash = Blob.of(new Uint8Array(32));
    client.send(vector("DR", 1, ...new Array<Value>(MISSING_LIMIT + 1).fill(hash)));
    client.send(vector("DR", 1, hash, Blob.of(new Uint8Array(31))));
    client.send(vector("DR", 1, 5));
    await client.nothing();
    expect(client.link.isOpen).toBe(true);
  });
});

describe("challenges, Beliefs and the rest", () => {
  test("a challenge is answered, and its sender noted", async () => {
    const { server, peer, beliefs } = messageScene();
    const client = new TestClient(server);
    const identity = { keyPair: keyPair(5), network: peer.status().genesis };
    const challenge = makeChallenge(identity, new Uint8Array(32).fill(3));
    client.send(challengeRequest(1, challenge.signed));
    const reply = await client.reply();
    expect(provenKey(identity, challenge, reply.value, peer.publicKey)).toEqual(peer.publicKey);
    expect(beliefs.challenges).toBe(1);
    client.send(vector("CH", 2, 5));
    expect((await client.reply()).errorCode).toBe("UNEXPECTED");
  });

  test("a challenge that is not there is refused as one without the right form", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    const message = vector("CH", 3, Vector.of(1));
    message.fillSlot(2, new Ref("\x11".repeat(32), null) as never);
    client.sendBytes(encoding(message));
    const reply = await client.reply();
    expect([idOf(reply), codeAndText(reply), reply.info]).toEqual([
      3,
      `UNEXPECTED Missing data: 0x${"11".repeat(32)}`,
      null,
    ]);
  });

  test("Beliefs and signed Orders are handed on", async () => {
    const { server, peer, beliefs } = messageScene();
    const client = new TestClient(server);
    client.send(peer.belief);
    client.send(SignedData.sign(keyPair(1), Order.EMPTY));
    await client.nothing();
    expect(beliefs.payloads.length).toBe(2);
    expect(beliefs.payloads[0]).toBeInstanceOf(Belief);
  });

  test("goodbye ends the connection", async () => {
    const { server, beliefs } = messageScene();
    const client = new TestClient(server);
    client.send(goodbye());
    client.send(statusRequest(1));
    await client.nothing();
    expect(beliefs.closed).toEqual(["the other side said goodbye"]);
  });

  test("what is unknown is refused in words when it has an id", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    for (const tag of ["LQ", "LV", "DATA", "XX"]) {
      client.send(vector(tag, 21, Vector.EMPTY));
      const reply = await client.reply();
      expect([idOf(reply), codeAndText(reply)]).toEqual([21, "FORMAT Unrecognised message type"]);
    }
    for (const message of [null, 5, Vector.EMPTY, vector("XX"), vector("LV", Vector.EMPTY, 1)]) {
      client.send(message);
    }
    client.send(SignedData.of(null, new Uint8Array(64), 1));
    const [reply] = await client.replies(1);
    expect(reply?.errorCode).toBe("FORMAT");
    await client.nothing();
  });

  test("bytes that are no message get a nil id and no trace", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.sendBytes(Uint8Array.fromHex("ffff"));
    const reply = await client.reply();
    expect([idOf(reply), reply.errorCode, reply.info]).toEqual([null, "FORMAT", null]);
    expect(encodedLength(reply.result)).toBeLessThan(200);
  });
});

describe("limits", () => {
  test("when the lane is full, queries are refused with :LOAD", async () => {
    const { server } = messageScene();
    const clients = [1, 2, 3, 4].map((i) => new TestClient(server, `192.0.2.${i}`));
    const dear = readForm("(loop [i 0] (if (< i 300) (recur (inc i)) i))");
    for (const client of clients) {
      for (let i = 0; i < 4_000; i++) client.send(queryRequest(i, dear, Address.of(1)));
    }
    const replies = await Promise.all(clients.map((client) => client.replies(4_000)));
    const loads = replies.flat().filter(({ errorCode }) => errorCode === "LOAD");
    for (const reply of loads) expect(codeAndText(reply)).toBe("LOAD Trx overload");
    expect(loads.length).toBe(16_000 - QUERY_LANE_MAX);
  });

  test("who does not read its answers loses the connection, and its requests", async () => {
    const { server, beliefs } = messageScene();
    const client = new TestClient(server);
    client.send(queryRequest(1, 1, Address.of(1)));
    client.link.isFull = true;
    await client.nothing();
    expect(beliefs.closed).toEqual(["it does not read what it asked for"]);
    expect(server.load).toEqual({ connections: 0, waitingQueries: 0 });
  });

  test("silence is measured by a clock that nobody sets", async () => {
    const clock = new SetClock(new TestClock());
    const { server, beliefs } = messageScene(newPeer({ clock }), { clock });
    const client = new TestClient(server);
    // A machine that learns the time after it has begun.
    clock.aheadMs = 24 * 3_600_000;
    clock.steady.advance(CHECK_INTERVAL_MS);
    client.send(pingRequest(1));
    expect((await client.reply()).value).toBe(clock.now());
    clock.aheadMs = 0;
    clock.steady.advance(IDLE_TIMEOUT_MS);
    expect(client.link.isOpen).toBe(true);
    clock.steady.advance(CHECK_INTERVAL_MS);
    expect(beliefs.closed).toEqual(["nothing was heard of it"]);
  });

  test("room is made by closing who has long been silent, first of those that are many", () => {
    const { server, clock, beliefs } = messageScene();
    const many = [1, 2, 3].map(() => new TestClient(server, "192.0.2.1"));
    const one = new TestClient(server, "192.0.2.2");
    expect(server.makeRoom()).toBe(false);
    clock.advance(10_000);
    one.link.isTrusted = true;
    expect(server.makeRoom()).toBe(true);
    expect(many.filter(({ link }) => link.isOpen).length).toBe(2);
    expect(one.link.isOpen).toBe(true);
    expect(beliefs.closed).toEqual(["a new connection needed its place"]);
  });

  test("a crowd makes room sooner than others do", () => {
    const { server, clock } = messageScene();
    const crowd = Array.from({ length: CROWD_MIN }, () => new TestClient(server, "192.0.2.1"));
    const few = [1, 2].map(() => new TestClient(server, "192.0.2.2"));
    expect(server.makeRoom()).toBe(false);
    clock.advance(CROWD_GIVES_WAY_AFTER_MS);
    expect(server.makeRoom()).toBe(true);
    expect(server.makeRoom()).toBe(false);
    expect(crowd.filter(({ link }) => link.isOpen).length).toBe(CROWD_MIN - 1);
    expect(few.every(({ link }) => link.isOpen)).toBe(true);
  });

  test("closing says goodbye to all, and takes no more", async () => {
    const { server, clock } = messageScene();
    const clients = [new TestClient(server), new TestClient(server)];
    server.close();
    for (const { link } of clients) {
      expect(link.closedFor).toBe("this peer is shutting down");
      expect(Buffer.from(link.sent[0] ?? []).toString("hex")).toBe("80013303425945");
    }
    expect(new TestClient(server).link.isOpen).toBe(false);
    expect(clock.timers).toBe(0);
  });
});
