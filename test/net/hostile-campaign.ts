// `bun run hostile [FRAMES] [--binary FILE]`: three peers in consensus, processes as an operator runs them,
// and remotes that mean the first one harm, among them the fourth peer of the genesis. All the while an
// honest client sends a transaction after the other and asks for the status and for /livez. Ends with 1
// when a peer died, when anything honest waited for more than a second on end, or when memory grew beyond.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeerClient } from "../../src/cli/peer-client.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { readForm } from "../../src/cvm/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Cell, Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { MAX_CLIENT_CONNECTIONS, MISSING_LIMIT } from "../../src/net/bounds.ts";
import {
  dataRequest,
  queryRequest,
  statusRequest,
  transactRequest,
} from "../../src/net/message.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";
import { until } from "../interop/agreement.ts";
import { OurPeer, seedHex } from "../interop/our-peer.ts";
import { frameOf, LOOPBACK, RawClient } from "./loopback.ts";
import { mutated, numbers } from "./mutated-frame.ts";

const PORT = 18_400;
const FRAMES_PER_CLIENT = 20;
const WAIT_MAX_MS = 1_000;
const RESIDENT_MB_MAX = 600;
const PAUSE_MS = 50;

const framed = (message: Value) => frameOf(encodeMultiCell(message));
const keyPairOf = (number: number) => KeyPair.fromSeed(Buffer.from(seedHex(number), "hex"));

/** The honest client, and the longest it has waited for each thing since `begin`. */
class Honest {
  readonly waits = { transaction: 0, status: 0, livez: 0 };
  failures: string[] = [];
  #isOpen = true;
  readonly #peer: OurPeer;

  constructor(peer: OurPeer) {
    this.#peer = peer;
  }

  begin(): void {
    Object.assign(this.waits, { transaction: 0, status: 0, livez: 0 });
  }
  close(): void {
    this.#isOpen = false;
  }

  async run(): Promise<void> {
    const client = await PeerClient.connect({ host: LOOPBACK, port: this.#peer.choice.port });
    const from = Address.of(11);
    let sequence = Number(await client.query(readForm("*sequence*"), from));
    const transact = async () => {
      const invoke = Invoke.of(from, ++sequence, 1);
      const result = await client.submit(SignedData.sign(keyPairOf(1), invoke), 30_000);
      if (result.isError) this.failures.push(`transaction: ${result.result}`);
    };
    const livez = async () => {
      const { status } = await fetch(`${this.#peer.api}/livez`);
      if (status !== 200) this.failures.push(`livez: ${status}`);
    };
    const loops = [
      this.#loop("transaction", transact),
      this.#loop("status", () => client.status()),
      this.#loop("livez", livez),
    ];
    await Promise.all(loops);
    client.close();
  }

  async #loop(what: keyof Honest["waits"], ask: () => Promise<unknown>): Promise<void> {
    while (this.#isOpen) {
      const begun = performance.now();
      await ask().catch((error) => this.failures.push(`${what}: ${error}`));
      this.waits[what] = Math.max(this.waits[what], Math.round(performance.now() - begun));
      await Bun.sleep(PAUSE_MS);
    }
  }
}

/** Orders of the fourth peer, rightly signed and wrong, and data that nobody has signed. */
function badBeliefs(): Cell[] {
  const attacker = keyPairOf(4);
  const now = Date.now();
  const zero = new Uint8Array(64);
  const invoke = SignedData.sign(attacker, Invoke.of(Address.of(11), 1, 1));
  const unsigned = (value: Cell) => SignedData.of(attacker.publicKey, zero, value);
  const blocks = [
    Vector.of(unsigned(Block.of(now, Vector.of(invoke)))),
    Vector.of(SignedData.sign(attacker, Block.of(now + 10 ** 9, Vector.of(invoke)))),
    Vector.of(SignedData.sign(attacker, Vector.EMPTY)),
    Vector.of(1, 2, 3),
    Vector.EMPTY,
  ];
  const points = [
    Vector.EMPTY,
    Vector.of(1),
    Vector.of(1, 1, 1),
    Vector.of(0, 9, 9, 9),
    Vector.of(1, 1, 1, 1),
    Vector.of(-1, -1, -1, -1),
    Vector.of(1, 0, 0, 0, 0),
  ];
  const beliefs: Cell[] = [];
  for (const each of blocks) {
    for (const point of points) {
      for (const ts of [0, now, now + 10 ** 10]) {
        const order = Order.of(ts, point, each);
        for (const signed of [SignedData.sign(attacker, order), unsigned(order)]) {
          const orders = Index.EMPTY.assoc(Blob.of(attacker.publicKey), signed) as Index;
          beliefs.push(signed, Belief.of(orders));
        }
      }
    }
  }
  return beliefs;
}

class Campaign {
  readonly #peer: OurPeer;
  readonly #clients: RawClient[] = [];
  readonly #frames: number;

  constructor(peer: OurPeer, frames: number) {
    this.#peer = peer;
    this.#frames = frames;
  }

  get attacks(): readonly (readonly [string, () => Promise<void>])[] {
    return [
      ["mutated frames", () => this.#mutatedFrames()],
      ["transactions without id, zero signatures", () => this.#badTransactions()],
      ["short consensus vectors, bad Orders and Blocks", () => this.#badBeliefs()],
      ["claims of 50 MB", () => this.#claims()],
      ["slow writers", () => this.#slowWriters()],
      ["floods of data requests and queries", () => this.#floods()],
      ["answers that nobody reads", () => this.#unread()],
      ["1,024 idle connections", () => this.#idle()],
    ];
  }

  closeAll(): void {
    for (const client of this.#clients.splice(0)) client.close();
  }

  async #client(isReading = true): Promise<RawClient> {
    const client = await RawClient.connect(this.#peer.choice.port, isReading);
    this.#clients.push(client);
    return client;
  }

  async #mutatedFrames(): Promise<void> {
    const frames = fixtureRows<{ hex: string }>("frames").map(({ hex }) => bytesOf(hex));
    for (const belief of badBeliefs().slice(0, 40)) frames.push(framed(belief));
    const next = numbers(20_261_129);
    let client = await this.#client();
    for (let i = 0; i < this.#frames; i++) {
      if (client.isClosed || i % FRAMES_PER_CLIENT === 0) {
        await Bun.sleep(0);
        this.closeAll();
        client = await this.#client();
      }
      client.send(mutated(frames[next(frames.length)] as Uint8Array, next));
      if (i % 10 === 0) await Bun.sleep(0);
    }
  }

  async #badTransactions(): Promise<void> {
    const client = await this.#client();
    const TX = Keyword.of("TX");
    const attacker = keyPairOf(4);
    const invoke = Invoke.of(Address.of(15), 1, 1);
    const signed = SignedData.sign(attacker, invoke);
    const zero = SignedData.of(attacker.publicKey, new Uint8Array(64), invoke);
    for (const id of [null, Keyword.of("x"), true, 2n ** 70n, Vector.EMPTY]) {
      for (const what of [signed, zero, 5, null]) client.send(framed(Vector.of(TX, id, what)));
    }
    for (let i = 0; i < 5_000; i++) client.send(framed(transactRequest(i, zero)));
    await Bun.sleep(2_000);
  }

  async #badBeliefs(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      const client = await this.#client();
      for (const belief of badBeliefs()) client.send(framed(belief));
      await Bun.sleep(1_000);
    }
  }

  async #claims(): Promise<void> {
    for (let i = 0; i < 200; i++) (await this.#client()).send(bytesOf("97ebe10080"));
    const chunk = new Uint8Array(20 * 2 ** 20);
    for (let i = 0; i < 12; i++) {
      const client = await this.#client();
      client.send(bytesOf("97ebe100"));
      client.send(chunk);
    }
    await Bun.sleep(3_000);
  }

  async #slowWriters(): Promise<void> {
    const slow: RawClient[] = [];
    for (let i = 0; i < 200; i++) slow.push(await this.#client());
    for (const byte of framed(statusRequest(1))) {
      for (const client of slow) client.send(new Uint8Array([byte]));
      await Bun.sleep(200);
    }
  }

  async #floods(): Promise<void> {
    const key = Buffer.alloc(32, 7).toString("latin1");
    const dear = readForm("(loop [i 0] (if (< i 20000) (recur (inc i)) i))");
    const floods = [
      framed(dataRequest(1, new Array<string>(MISSING_LIMIT).fill(key))),
      framed(queryRequest(1, dear, Address.of(1))),
      framed(statusRequest(1)),
    ];
    for (const flood of floods) {
      for (let i = 0; i < 3; i++) {
        (await this.#client()).send(Buffer.concat(new Array<Uint8Array>(2_000).fill(flood)));
      }
    }
    await Bun.sleep(8_000);
  }

  async #unread(): Promise<void> {
    const status = framed(statusRequest(1));
    for (let i = 0; i < 8; i++) {
      const client = await this.#client(false);
      client.send(Buffer.concat(new Array<Uint8Array>(20_000).fill(status)));
    }
    await Bun.sleep(5_000);
  }

  async #idle(): Promise<void> {
    for (let i = 0; i < MAX_CLIENT_CONNECTIONS; i++) await this.#client();
    await Bun.sleep(3_000);
  }
}

async function startPeers(binary: string | null, folder: string): Promise<OurPeer[]> {
  const file = join(folder, "genesis.cad3");
  const keys = [1, 2, 3, 4].map((i) => Buffer.from(keyPairOf(i).publicKey).toString("hex"));
  await OurPeer.run(binary, ["genesis", "--out", file, "--keys", keys.join(",")]);
  const ports = [PORT + 1, PORT + 2, PORT + 3];
  const peers = ports.map((port, i) => {
    const others = ports.filter((other) => other !== port).map((other) => `${LOOPBACK}:${other}`);
    const place = { number: i + 1, host: LOOPBACK, port, apiPort: port + 50, binary };
    return new OurPeer({ ...place, join: others, genesisHash: "", genesisFile: file });
  });
  for (const peer of peers) {
    await peer.importKeys();
    await peer.start();
  }
  await until("the peers take part", 60, async () => {
    const reports = await Promise.all(peers.map((peer) => peer.report()));
    return reports.every((report) => report?.isReady === true);
  });
  return peers;
}

async function main(): Promise<void> {
  const at = process.argv.indexOf("--binary");
  const binary = at < 0 ? null : (process.argv[at + 1] ?? null);
  const frames = Number(process.argv[2] ?? 100_000);
  const folder = mkdtempSync(join(tmpdir(), "cvxh-"));
  const peers = await startPeers(binary, folder);
  const [victim] = peers as [OurPeer];
  const honest = new Honest(victim);
  const running = honest.run();
  let isSound = true;
  try {
    const campaign = new Campaign(victim, frames);
    for (const [name, attack] of campaign.attacks) {
      honest.begin();
      await attack();
      const { transaction, status, livez } = honest.waits;
      const mb = victim.residentMb();
      campaign.closeAll();
      const longest = Math.max(transaction, status, livez);
      if (longest > WAIT_MAX_MS || mb > RESIDENT_MB_MAX) isSound = false;
      const waits = `waits: transaction ${transaction} ms, status ${status} ms, livez ${livez} ms`;
      process.stdout.write(`${name}: ${waits}; ${mb} MB\n`);
    }
    const report = await victim.report();
    isSound &&= report?.isReady === true && honest.failures.length === 0;
    const failures = [...new Set(honest.failures)].slice(0, 3).join("; ");
    process.stdout.write(`${frames} frames; failures: ${honest.failures.length} ${failures}; `);
    process.stdout.write(`${report?.isReady === true ? "in consensus" : "NOT in consensus"}\n`);
  } finally {
    honest.close();
    for (const peer of peers) await peer.end("SIGKILL");
    for (const peer of peers) peer.removeData();
    rmSync(folder, { recursive: true });
    await Promise.race([running, Bun.sleep(1_000)]);
  }
  process.exit(isSound ? 0 : 1);
}

await main();
