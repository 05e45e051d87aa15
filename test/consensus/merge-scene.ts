// Scenes for tests of the merge: peers with stakes, blocks named by letters, and Orders written as
// `ts/points/blocks`, e.g. `900/2,1,0,0/ad`; times count from the genesis State's, 0 is the literal
// 0.

import { mergeBeliefs } from "../../src/consensus/merge.ts";
import { keyPairSigner } from "../../src/consensus/peer-history.ts";
import { pointsOf } from "../../src/consensus/points.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { Order } from "../../src/state/order.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { State } from "../../src/state/state.ts";

/** Copper of one unit in which stakes are given. */
const STAKE_UNIT = 10n ** 12n;
/** Decimals of a stake, down to the copper. */
const STAKE_DECIMALS = 12;

export const KEY_PAIRS: readonly KeyPair[] = Array.from({ length: 8 }, (_, i) =>
  KeyPair.fromSeed(new Uint8Array(32).fill(i + 1)),
);

function copper(units: string): number {
  const [whole = "0", fraction = ""] = units.split(".");
  return Number(BigInt(whole) * STAKE_UNIT + BigInt(fraction.padEnd(STAKE_DECIMALS, "0")));
}

/** A State of nothing but peers and globals; stakes in 10^12 copper, as text to be exact. */
export function stateOf(stakes: readonly string[]): State {
  let peers = Index.EMPTY;
  stakes.forEach((stake, i) => {
    const status = PeerStatus.create(Address.of(12 + i), copper(stake));
    peers = peers.assoc(keyOf(i), status) as Index;
  });
  return State.of(Vector.EMPTY, peers, initialGlobals(), Index.EMPTY);
}

export function keyOf(peer: number): Blob {
  return Blob.of((KEY_PAIRS[peer] as KeyPair).publicKey);
}

/** Signed empty blocks by letter, from e.g. `a@0+10 b@1+20`: peer 0 at 10 ms, peer 1 at 20 ms. */
export class Blocks {
  readonly #byName = new Map<string, SignedData>();
  readonly #names = new Map<string, string>();

  constructor(text: string) {
    for (const part of text.split(" ").filter((each) => each !== "")) {
      const [, name, peer, offset] = /^(\w)@(\d+)\+(\d+)$/.exec(part) as unknown as string[];
      const block = Block.of(INITIAL_TIMESTAMP + Number(offset), Vector.EMPTY);
      const signed = SignedData.sign(KEY_PAIRS[Number(peer)] as KeyPair, block);
      this.#byName.set(name as string, signed);
      this.#names.set(hashKey(signed), name as string);
    }
  }

  get(name: string): SignedData {
    return this.#byName.get(name) as SignedData;
  }

  vector(names: string): Vector {
    return Vector.from([...names].map((name) => this.get(name)));
  }

  /** The Order that a text describes. */
  order(text: string): Order {
    const [time, points, names] = text.split("/") as [string, string, string];
    const timestamp = time === "0" ? 0 : INITIAL_TIMESTAMP + Number(time);
    const vector = Vector.from(points.split(",").map(Number));
    return Order.of(timestamp, vector, this.vector(names === "–" ? "" : names));
  }

  describe(order: Order): string {
    const time = order.timestamp === 0 ? 0 : Number(order.timestamp) - INITIAL_TIMESTAMP;
    const names = order.blocks.toArray().map((signed) => this.#names.get(hashKey(signed)));
    return `${time}/${pointsOf(order).join(",")}/${names.length === 0 ? "–" : names.join("")}`;
  }

  /** The Belief with these Orders by peer. */
  belief(orders: Readonly<Record<number, string>>): Belief {
    let index = Index.EMPTY;
    for (const [peer, text] of Object.entries(orders)) {
      const signed = SignedData.sign(KEY_PAIRS[Number(peer)] as KeyPair, this.order(text));
      index = index.assoc(keyOf(Number(peer)), signed) as Index;
    }
    return Belief.of(index);
  }

  /** The Orders of a Belief by peer. */
  describeBelief(belief: Belief): Record<number, string> {
    const described: Record<number, string> = {};
    KEY_PAIRS.forEach((_, peer) => {
      const signed = belief.orders.get(keyOf(peer));
      if (signed instanceof SignedData) described[peer] = this.describe(signed.value as Order);
    });
    return described;
  }
}

/** Merges as peer 0 at `now` ms behind the genesis State's time. */
export function mergeAt(
  state: State,
  now: number,
  own: Belief,
  received: readonly (Belief | null)[],
): Belief {
  const signer = keyPairSigner(KEY_PAIRS[0] as KeyPair);
  return mergeBeliefs(own, received, { signer, state, now: INITIAL_TIMESTAMP + now });
}
