// What is done to the first of the peers (sheet 04 §14): each attack goes on for some seconds.

import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { LONG_MESSAGE_BYTES, MAX_CLIENT_CONNECTIONS, MISSING_LIMIT } from "../../src/net/bounds.ts";
import {
  dataRequest,
  pingRequest,
  queryRequest,
  statusRequest,
  transactRequest,
} from "../../src/net/message.ts";
import { WHOLE_MESSAGE_BYTES } from "../../src/peer/network-bounds.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";
import { frameOf, RawClient } from "../net/loopback.ts";
import { mutated, numbers } from "../net/mutated-frame.ts";
import type { AttackingPeer } from "./attacking-peer.ts";
import { badBeliefs, forged, forgedOrders, ordersOfForgedBlocks } from "./bad-beliefs.ts";
import { BAD_URLS } from "./bad-urls.ts";
import { denseBelief, denseForm, denseMessages, nestedSetMessages } from "./dense-messages.ts";

const FRAMES_PER_CLIENT = 5;
const SEED = 20_261_129;
/** Clients that send mutated frames at a time. */
const LANES = 8;
/** Longest wait for a sign that all frames before it have been read. */
const HEARD_MS = 300;
/** Clients that send short messages at a time, and how many each. */
const FLOODING_CLIENTS = 100;
const FLOOD_MESSAGES = 30;
/** Transactions of 16 KB of small cells, how many cells each, and the longest wait for them. */
const DENSE_TRANSACTIONS = 1_000;
const DENSE_CELLS = 116;
const DENSE_MS = 20_000;
/** Transactions whose Results are of 32,768 small cells, or texts of 4 MB. */
const DENSE_RESULTS = 60;
const DENSE_VALUE = "(map vector (loop [i 0 v [1]] (if (< i 15) (recur (inc i) (concat v v)) v)))";
const DENSE_MESSAGE = `(fail :DENSE ${DENSE_VALUE})`;
const LONG_RESULTS = 100;
const LONG_VALUE = '(loop [i 0 s "ab"] (if (< i 21) (recur (inc i) (str s s)) s))';
/** Bytes sent of frames of which none ends where what is sent at a time does. */
const UNALIGNED_BYTES = 400 * 2 ** 20;
/** Id of the request for that sign, as a reply has it: Long 987,654,321. */
const SIGN = 987_654_321;
const SIGN_BYTES = Buffer.from("143ade68b1", "hex");

/** Whether a client's frames were read to the last, and the connection is still there. */
async function isHeardToTheEnd(client: RawClient): Promise<boolean> {
  const deadline = performance.now() + HEARD_MS;
  client.send(framed(pingRequest(SIGN)));
  while (!client.isClosed && performance.now() < deadline) {
    const last = client.payloads.at(-1);
    if (last !== undefined && Buffer.from(last).includes(SIGN_BYTES)) return true;
    await Bun.sleep(1);
  }
  return false;
}

const framed = (message: Value) => frameOf(encodeMultiCell(message));

export interface Attack {
  readonly name: string;
  /** Answers what it has to say of itself, if anything. */
  readonly run: () => Promise<string | undefined>;
  /** Whether transactions may take as long as the blocks before them take to execute. */
  readonly fillsBlocks?: boolean;
}

export class Attacks {
  readonly #port: number;
  readonly #frames: number;
  readonly #peer: AttackingPeer;
  readonly #honestKey: Uint8Array;
  readonly #clients: RawClient[] = [];

  /** @param honestKey key of another peer of the network */
  constructor(port: number, frames: number, peer: AttackingPeer, honestKey: Uint8Array) {
    this.#port = port;
    this.#frames = frames;
    this.#peer = peer;
    this.#honestKey = honestKey;
  }

  /** What there is to run, by name. */
  static named(frames: number): readonly (Omit<Attack, "run"> & {
    readonly run: (attacks: Attacks) => Promise<string | undefined>;
  })[] {
    return [
      { name: `${frames} mutated frames`, run: (it) => it.#mutatedFrames() },
      { name: "[:TX nil …]", run: (it) => it.#transactionsWithoutId() },
      { name: "5,000 zero signatures", run: (it) => it.#zeroSignatures() },
      { name: "20,000 forged signatures", run: (it) => it.#forgedSignatures() },
      { name: "bad Orders of a stranger", run: (it) => it.#strangersOrders() },
      { name: "bad Orders of a peer", run: (it) => it.#peersOrders() },
      { name: "5,000 forged Orders, from a peer", run: (it) => it.#forgedOrders() },
      { name: "51,200 forged blocks, from a peer", run: (it) => it.#forgedBlocks() },
      { name: "bad ports", run: (it) => it.#badUrls() },
      { name: "claims of 50 MB", run: (it) => it.#claims() },
      { name: "20 MB of small cells", run: (it) => it.#denseMessages() },
      { name: "1 MB of Sets in Sets", run: (it) => it.#nestedSets() },
      { name: "small cells, from a peer", run: (it) => it.#denseBeliefs() },
      { name: "floods of short messages", run: (it) => it.#shortFloods() },
      {
        name: "transactions of small cells",
        run: (it) => it.#denseTransactions(),
        fillsBlocks: true,
      },
      {
        name: "Results of small cells",
        run: (it) => it.#denseResults(),
        fillsBlocks: true,
      },
      { name: "400 MB in frames that end in no read", run: (it) => it.#unalignedFrames() },
      { name: "slow writers", run: (it) => it.#slowWriters() },
      { name: "floods of data requests", run: (it) => it.#dataFloods() },
      { name: "floods of queries and status", run: (it) => it.#queryFloods() },
      { name: "answers that nobody reads", run: (it) => it.#unread() },
      { name: "1,024 idle connections", run: (it) => it.#idle() },
      { name: "8 blocks of forgeries", run: (it) => it.#forgeries(), fillsBlocks: true },
    ];
  }

  get all(): readonly Attack[] {
    return Attacks.named(this.#frames).map(({ run, ...rest }) => ({
      ...rest,
      run: () => run(this),
    }));
  }

  closeAll(): void {
    for (const client of this.#clients.splice(0)) client.close();
  }

  async #client(isReading = true): Promise<RawClient> {
    const client = await RawClient.connect(this.#port, isReading);
    this.#clients.push(client);
    return client;
  }

  async #mutatedFrames(): Promise<string> {
    const frames = fixtureRows<{ hex: string }>("frames").map(({ hex }) => bytesOf(hex));
    for (const belief of badBeliefs(this.#peer.keyPair).slice(0, 40)) frames.push(framed(belief));
    let left = this.#frames;
    let heard = 0;
    let answers = 0;
    const lane = async (seed: number) => {
      const next = numbers(seed);
      while (left > 0) {
        const count = Math.min(left, FRAMES_PER_CLIENT);
        left -= count;
        const client = await RawClient.connect(this.#port);
        for (let i = 0; i < count; i++) {
          client.send(mutated(frames[next(frames.length)] as Uint8Array, next));
        }
        if (await isHeardToTheEnd(client)) heard += count;
        answers += client.payloads.length;
        client.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, i) => lane(SEED + i)));
    return `${heard} of them on connections that lived on, ${answers} answers`;
  }

  /** Also one that is valid and paid for. */
  async #transactionsWithoutId(): Promise<undefined> {
    const TX = Keyword.of("TX");
    const { keyPair, account } = this.#peer;
    const invoke = Invoke.of(account.address, account.sequence + 1, 1);
    const signed = SignedData.sign(keyPair, invoke);
    const zero = SignedData.of(keyPair.publicKey, new Uint8Array(64), invoke);
    for (let round = 0; round < 20; round++) {
      const client = await this.#client();
      for (const id of [null, Keyword.of("x"), true, 2n ** 70n, Vector.EMPTY]) {
        for (const what of [signed, zero, 5, null]) client.send(framed(Vector.of(TX, id, what)));
      }
      await Bun.sleep(100);
    }
  }

  async #zeroSignatures(): Promise<undefined> {
    const { keyPair, account } = this.#peer;
    const invoke = Invoke.of(account.address, account.sequence + 1, 1);
    const zero = SignedData.of(keyPair.publicKey, new Uint8Array(64), invoke);
    const client = await this.#client();
    for (let i = 0; i < 5_000; i++) client.send(framed(transactRequest(i, zero)));
    await Bun.sleep(3_000);
  }

  /** Each of them another one, on ten connections. */
  async #forgedSignatures(): Promise<undefined> {
    const { keyPair, account } = this.#peer;
    const invoke = Invoke.of(account.address, account.sequence + 1, 1);
    for (let i = 0; i < 10; i++) {
      const client = await this.#client();
      const frames = Array.from({ length: 2_000 }, (_, j) =>
        framed(transactRequest(j, forged(keyPair.publicKey, invoke, i * 2_000 + j))),
      );
      client.send(Buffer.concat(frames));
      await Bun.sleep(0);
    }
    await Bun.sleep(5_000);
  }

  async #strangersOrders(): Promise<undefined> {
    for (let round = 0; round < 5; round++) {
      const client = await this.#client();
      for (const belief of badBeliefs(this.#peer.keyPair)) client.send(framed(belief));
      await Bun.sleep(1_000);
    }
  }

  async #peersOrders(): Promise<undefined> {
    for (let round = 0; round < 5; round++) {
      for (const belief of badBeliefs(this.#peer.keyPair)) this.#peer.say(belief);
      await Bun.sleep(1_000);
    }
  }

  async #forgedOrders(): Promise<undefined> {
    for (const belief of forgedOrders(this.#honestKey, 5_000)) this.#peer.say(belief);
    await Bun.sleep(3_000);
  }

  async #forgedBlocks(): Promise<undefined> {
    for (const order of ordersOfForgedBlocks(this.#peer.keyPair, 200, 256)) {
      this.#peer.say(order);
      await Bun.sleep(10);
    }
    await Bun.sleep(2_000);
  }

  async #badUrls(): Promise<undefined> {
    const key = Buffer.from(this.#peer.keyPair.publicKey).toString("hex");
    for (const url of BAD_URLS) {
      await this.#peer.transact(`(set-peer-data 0x${key} {:url "${url}"})`);
      await Bun.sleep(1_000);
    }
    await this.#peer.transact(`(set-peer-data 0x${key} {:url 7})`);
    await this.#peer.transact(`(set-peer-data 0x${key} [1 2])`);
    await this.#peer.transact(`(set-peer-data 0x${key} nil)`);
  }

  async #claims(): Promise<undefined> {
    for (let i = 0; i < 200; i++) (await this.#client()).send(bytesOf("97ebe10080"));
    const chunk = new Uint8Array(20 * 2 ** 20);
    for (let i = 0; i < 12; i++) {
      const client = await this.#client();
      client.send(bytesOf("97ebe100"));
      client.send(chunk);
    }
    await Bun.sleep(3_000);
  }

  async #denseMessages(): Promise<undefined> {
    await this.#oneByOne([900_000, 20_000_000].flatMap(denseMessages));
  }

  /** Their elements are put in order by hash when they are read. */
  async #nestedSets(): Promise<undefined> {
    await this.#oneByOne(nestedSetMessages(900_000));
  }

  async #oneByOne(payloads: readonly Uint8Array[]): Promise<void> {
    for (const payload of payloads) {
      (await this.#client()).send(frameOf(payload));
      await Bun.sleep(500);
    }
  }

  /** Of as many bytes as are read as a whole, one after the other. */
  async #denseBeliefs(): Promise<undefined> {
    const message = denseBelief(WHOLE_MESSAGE_BYTES);
    for (let i = 0; i < 50; i++) {
      this.#peer.sayBytes(message);
      await Bun.sleep(100);
    }
  }

  /** Of as many bytes as are read at once, of whoever they are. */
  async #shortFloods(): Promise<undefined> {
    const frame = frameOf(denseBelief(LONG_MESSAGE_BYTES));
    const flood = Buffer.concat(new Array<Uint8Array>(FLOOD_MESSAGES).fill(frame));
    for (let i = 0; i < FLOODING_CLIENTS; i++) (await this.#client()).send(flood);
    await Bun.sleep(5_000);
  }

  /** Valid and paid for, as many as a connection may have under way. */
  async #denseTransactions(): Promise<string> {
    const { keyPair, account } = this.#peer;
    const form = denseForm(DENSE_CELLS);
    const client = await this.#client();
    for (let i = 1; i <= DENSE_TRANSACTIONS; i++) {
      const invoke = Invoke.of(account.address, account.sequence + i, form);
      client.send(framed(transactRequest(i, SignedData.sign(keyPair, invoke))));
    }
    const deadline = performance.now() + DENSE_MS;
    while (client.payloads.length < DENSE_TRANSACTIONS && performance.now() < deadline) {
      await Bun.sleep(50);
    }
    return `${client.payloads.length} answered`;
  }

  /** In blocks of their own, half of them as values and half as messages of errors. */
  async #denseResults(): Promise<undefined> {
    await this.#peer.publishInvokes(
      Array.from({ length: DENSE_RESULTS }, (_, i) => (i % 2 === 0 ? DENSE_VALUE : DENSE_MESSAGE)),
    );
    await this.#peer.publishInvokes(new Array<string>(LONG_RESULTS).fill(LONG_VALUE));
  }

  /** Each piece ends in the middle of a message, so that something always waits. */
  async #unalignedFrames(): Promise<undefined> {
    const blob = Blob.of(new Uint8Array(LONG_MESSAGE_BYTES - 100));
    const frame = framed(Vector.of(Keyword.of("ANY"), 1, blob));
    const half = frame.length >> 1;
    const piece = Buffer.concat([frame.subarray(half), frame.subarray(0, half)]);
    const client = await this.#client();
    client.send(frame.subarray(0, half));
    for (let sent = 0; sent < UNALIGNED_BYTES; sent += piece.length) {
      client.send(piece);
      if (sent % (20 * piece.length) === 0) await Bun.sleep(1);
    }
    await Bun.sleep(2_000);
  }

  async #slowWriters(): Promise<undefined> {
    const slow: RawClient[] = [];
    for (let i = 0; i < 200; i++) slow.push(await this.#client());
    for (const byte of framed(statusRequest(1))) {
      for (const client of slow) client.send(new Uint8Array([byte]));
      await Bun.sleep(200);
    }
  }

  /**
   * For cells that nobody has, and for such as there are: the State and the Belief, 254 times each.
   */
  async #dataFloods(): Promise<undefined> {
    const { belief, state } = this.#peer.status;
    const keys = [Buffer.alloc(32, 7), belief, state].map((each) =>
      Buffer.from(each).toString("latin1"),
    );
    for (const key of keys) {
      const request = framed(dataRequest(1, new Array<string>(MISSING_LIMIT).fill(key)));
      for (let i = 0; i < 3; i++) {
        (await this.#client()).send(Buffer.concat(new Array<Uint8Array>(2_000).fill(request)));
      }
    }
    await Bun.sleep(8_000);
  }

  async #queryFloods(): Promise<undefined> {
    const dear = readForm("(loop [i 0] (if (< i 20000) (recur (inc i)) i))");
    const floods = [framed(queryRequest(1, dear, Address.of(1))), framed(statusRequest(1))];
    for (const flood of floods) {
      for (let i = 0; i < 3; i++) {
        (await this.#client()).send(Buffer.concat(new Array<Uint8Array>(2_000).fill(flood)));
      }
    }
    await Bun.sleep(8_000);
  }

  async #unread(): Promise<undefined> {
    const status = framed(statusRequest(1));
    for (let i = 0; i < 8; i++) {
      const client = await this.#client(false);
      client.send(Buffer.concat(new Array<Uint8Array>(20_000).fill(status)));
    }
    await Bun.sleep(5_000);
  }

  async #idle(): Promise<undefined> {
    for (let i = 0; i < MAX_CLIENT_CONNECTIONS; i++) await this.#client();
    await Bun.sleep(3_000);
  }

  async #forgeries(): Promise<undefined> {
    await this.#peer.publishForgeries(8);
    await Bun.sleep(5_000);
  }
}
