// The Orders that peers have let out under their own keys, read from the Belief that is on their
// disk, in a form of the simulator's own: points, and for each number of blocks a name of that
// prefix.

import type { Blob } from "../../../src/data/blob.ts";
import { commonPrefixLength } from "../../../src/data/common-prefix.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { SignedData } from "../../../src/data/signed.ts";
import type { Vector } from "../../../src/data/vector.ts";
import { Order } from "../../../src/state/order.ts";
import type { SimPeer } from "../sim-peer.ts";
import type { Checker } from "./checker.ts";

export interface PublishedOrder {
  readonly hash: string;
  readonly timestamp: number;
  /** As they are in the Order. */
  readonly points: readonly number[];
  /** Names of the prefixes of 0, 1, … blocks, the last one that of all. */
  readonly prefixes: readonly string[];
}

interface Latest extends PublishedOrder {
  readonly signed: SignedData;
  readonly vector: Vector;
  readonly life: number;
}

export class PublishedOrders implements Checker {
  readonly #orders = new Map<number, Latest>();
  /** All so far by their hash: a peer on an old disk shows an old one, and signs nothing. */
  readonly #known = new Map<string, PublishedOrder>();

  /** The last Order of a peer, null before the first. */
  of(index: number): PublishedOrder | null {
    return this.#orders.get(index) ?? null;
  }

  /** The Order of a peer that another one believes, null when that one knows none. */
  believed(publicKey: Blob, by: SimPeer): PublishedOrder | null {
    const signed = by.running.peer.belief.orders.get(publicKey);
    return signed === undefined ? null : (this.#known.get(hashKey(signed)) ?? null);
  }

  saw(sim: SimPeer): void {
    const signed = sim.running.peer.belief.orders.get(sim.publicKey);
    if (!(signed instanceof SignedData) || !(signed.value instanceof Order)) return;
    const last = this.#orders.get(sim.index);
    if (last?.signed === signed) return;
    const hash = hashKey(signed);
    if (this.#known.has(hash)) return;
    const { blocks: vector, points, timestamp } = signed.value;
    // The cells of an earlier life may be gone with its disk.
    const same = last?.life === sim.life ? commonPrefixLength(last.vector, vector) : 0;
    const prefixes = prefixesOf(vector, same, last?.prefixes ?? [""]);
    const order = {
      hash,
      timestamp: Number(timestamp),
      points: [...points].map(Number),
      prefixes,
    };
    this.#known.set(hash, order);
    this.#orders.set(sim.index, { ...order, signed, vector, life: sim.life });
  }
}

/** Names of all prefixes, of which the first ones are known. */
function prefixesOf(vector: Vector, same: number, known: readonly string[]): readonly string[] {
  const { count } = vector;
  if (same === count && known.length === count + 1) return known;
  const prefixes = known.slice(0, same + 1);
  for (let i = same; i < count; i++) {
    prefixes.push(nextPrefix(prefixes[i] as string, hashKey(vector.get(i))));
  }
  return prefixes;
}

function nextPrefix(prefix: string, block: string): string {
  return Bun.hash.wyhash(prefix + block).toString(36);
}
