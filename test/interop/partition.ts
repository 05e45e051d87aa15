// Partitions of a network whose peers each have a network namespace of their own: 2/2, 3/1, and on
// and off every five seconds. A side without a quorum has to say :NETWORK and never to leave a
// client waiting; once whole again the network has to come to one State within ten seconds.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { until } from "./agreement.ts";
import { ip, makeSpace, removeSpace } from "./network-space.ts";
import { OurPeer, seedHex } from "./our-peer.ts";
import { ReferencePeers } from "./reference.ts";

const PEERS = 4;
const PORT = 18888;
const READY_SECONDS = 60;
const HEAL_SECONDS = 10;
/**
 * Longest that a client may wait for an answer of any kind, in seconds; the reference's clients
 * give up then.
 */
const ANSWER_SECONDS = 8;
const FLAP_MS = 5_000;

export interface PartitionOutcome {
  /** What a transaction on each side of 2/2 was told, and after how many milliseconds. */
  readonly halves: readonly string[];
  readonly single: string;
  readonly majority: string;
  readonly healMs: { readonly halves: number; readonly single: number; readonly flapping: number };
}

/** A bridge that joins the peers' namespaces, and a second one for those that are cut off. */
class Wires {
  readonly prefix = `cvxp${process.pid % 10_000}`;

  constructor() {
    for (const bridge of ["a", "b"]) {
      ip("link", "add", `${this.prefix}${bridge}`, "type", "bridge");
      ip("link", "set", `${this.prefix}${bridge}`, "up");
    }
    for (let i = 1; i <= PEERS; i++) this.#plug(i);
  }

  space(i: number): string {
    return `${this.prefix}-${i}`;
  }

  #plug(i: number): void {
    const space = this.space(i);
    makeSpace(space);
    const outer = `${this.prefix}o${i}`;
    const inner = `${this.prefix}i${i}`;
    ip("link", "add", outer, "type", "veth", "peer", "name", inner);
    ip("link", "set", inner, "netns", space);
    ip("-n", space, "addr", "add", `${hostOf(i)}/24`, "dev", inner);
    ip("-n", space, "link", "set", inner, "up");
    ip("link", "set", outer, "master", `${this.prefix}a`);
    ip("link", "set", outer, "up");
  }

  /** Cuts these peers off from the others; none is cut off when the list is empty. */
  cut(peers: readonly number[]): void {
    for (let i = 1; i <= PEERS; i++) {
      const bridge = `${this.prefix}${peers.includes(i) ? "b" : "a"}`;
      ip("link", "set", `${this.prefix}o${i}`, "master", bridge);
    }
  }

  remove(): void {
    for (let i = 1; i <= PEERS; i++) removeSpace(this.space(i));
    for (const bridge of ["a", "b"]) ip("link", "del", `${this.prefix}${bridge}`);
  }
}

function hostOf(i: number): string {
  return `10.88.0.${i}`;
}

/** @param reference peers of the reference: of the four, those numbered 1 and 3 */
export async function partition(
  binary: string | null,
  hasReference: boolean,
): Promise<PartitionOutcome> {
  const wires = new Wires();
  const java: ReferencePeers[] = [];
  const ours: OurPeer[] = [];
  const folder = mkdtempSync(join(tmpdir(), "cvxp-"));
  try {
    const isReference = (i: number) => hasReference && i % 2 === 1;
    let genesisHash = "";
    for (const i of [1, 3].filter(isReference)) {
      const choice = { first: i, count: 1, keys: PEERS, host: hostOf(i), port: PORT };
      const others = i === 1 ? [] : [`${hostOf(1)}:${PORT}`];
      java.push(await ReferencePeers.start({ ...choice, others, space: wires.space(i) }));
      genesisHash = java[0]?.genesis ?? "";
    }
    const genesisFile = hasReference ? null : join(folder, "genesis.cad3");
    if (genesisFile !== null) genesisHash = await writeGenesis(genesisFile, binary);
    for (let i = 1; i <= PEERS; i++) {
      if (isReference(i)) continue;
      const others = [1, 2, 3, 4].filter((j) => j !== i).map((j) => `${hostOf(j)}:${PORT}`);
      const place = { number: i, host: hostOf(i), port: PORT, apiPort: 8080, binary };
      const rest = { join: others, genesisHash, genesisFile, space: wires.space(i) };
      ours.push(new OurPeer({ ...place, ...rest }));
    }
    for (const peer of ours) await peer.importKeys();
    for (const peer of ours) await peer.start();
    return await new PartitionedNetwork(wires, ours, java).run();
  } finally {
    for (const peer of ours) await peer.end("SIGKILL");
    for (const peers of java) await peers.end();
    for (const peer of ours) peer.removeData();
    rmSync(folder, { recursive: true });
    wires.remove();
  }
}

async function writeGenesis(file: string, binary: string | null): Promise<string> {
  const keys = [1, 2, 3, 4].map((i) =>
    Buffer.from(KeyPair.fromSeed(Buffer.from(seedHex(i), "hex")).publicKey).toString("hex"),
  );
  const text = await OurPeer.run(binary, [
    "genesis",
    "--out",
    file,
    "--keys",
    keys.join(","),
    "--json",
  ]);
  return JSON.parse(text).hash;
}

class PartitionedNetwork {
  readonly #wires: Wires;
  readonly #ours: readonly OurPeer[];
  readonly #java: readonly ReferencePeers[];

  constructor(wires: Wires, ours: readonly OurPeer[], java: readonly ReferencePeers[]) {
    this.#wires = wires;
    this.#ours = ours;
    this.#java = java;
  }

  async run(): Promise<PartitionOutcome> {
    await this.#whole(READY_SECONDS);
    await this.#weighAlike();
    const first = this.#ours[0] as OurPeer;
    const last = this.#ours.at(-1) as OurPeer;
    this.#wires.cut([3, 4]);
    const halves = await Promise.all([this.#ask(first), this.#ask(last)]);
    await until("both sides know", ANSWER_SECONDS, () => this.#obstructed([first, last]));
    halves.push(...(await Promise.all([this.#ask(first), this.#ask(last)])));
    this.#wires.cut([]);
    const afterHalves = await this.#whole(3 * HEAL_SECONDS);
    this.#wires.cut([4]);
    const single = await until("the single peer knows", ANSWER_SECONDS, () =>
      this.#obstructed([last]),
    ).then(() => this.#ask(last));
    const majority = await this.#ask(first);
    this.#wires.cut([]);
    const afterSingle = await this.#whole(3 * HEAL_SECONDS);
    for (let i = 0; i < 3; i++) {
      this.#wires.cut([3, 4]);
      await Bun.sleep(FLAP_MS);
      this.#wires.cut([]);
      if (i < 2) await Bun.sleep(FLAP_MS);
    }
    const afterFlapping = await this.#whole(3 * HEAL_SECONDS);
    const healMs = { halves: afterHalves, single: afterSingle, flapping: afterFlapping };
    return { halves, single, majority, healMs };
  }

  /**
   * Until all have made a block: who has not since the genesis hardly weighs (sheet 04 §3.3.2), so
   * that one half has a quorum.
   */
  async #weighAlike(): Promise<void> {
    for (const peer of this.#ours) await peer.transact("1");
    await until("all weigh alike", READY_SECONDS, async () => {
      const reports = await Promise.all(this.#ours.map((peer) => peer.report()));
      return reports.every((report) => report !== null && report.votingShare > 1 / (PEERS + 1));
    });
  }

  /** A transaction at a peer of ours: what it is told, and when. */
  async #ask(peer: OurPeer): Promise<string> {
    const begun = performance.now();
    const answer = await peer.transact("1");
    return `${answer} after ${Math.round(performance.now() - begun)} ms`;
  }

  async #obstructed(peers: readonly OurPeer[]): Promise<boolean> {
    const reports = await Promise.all(peers.map((peer) => peer.report()));
    return reports.every((report) => report !== null && report.obstacle !== null);
  }

  /**
   * Until all of ours take part, a transaction is final, and all are at one State; milliseconds.
   */
  async #whole(seconds: number): Promise<number> {
    const begun = performance.now();
    await until("the network is whole", seconds, async () => {
      const reports = await Promise.all(this.#ours.map((peer) => peer.report()));
      return reports.every((report) => report !== null && report.obstacle === null);
    });
    const answer = await (this.#ours[0] as OurPeer).transact("1");
    if (answer !== "ok") throw new Error(`a whole network answers ${answer}`);
    await until("all are at one State", seconds, async () => {
      const reports = await Promise.all(this.#ours.map((peer) => peer.report()));
      const java = this.#java.flatMap((peers) => peers.reports);
      const all = [...reports, ...java].map((report) => `${report?.position} ${report?.state}`);
      return new Set(all).size === 1;
    });
    return Math.round(performance.now() - begun);
  }
}
