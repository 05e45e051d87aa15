// The merge that peers use, with a second opinion on every step (plain-merge.ts).

import { type BeliefMerge, mergeBeliefs, type OrderSigner } from "../../src/consensus/merge.ts";
import { keyOf } from "../../src/crypto/sha3.ts";
import { hashKey } from "../../src/data/encode.ts";
import type { SignedData } from "../../src/data/signed.ts";
import type { Belief } from "../../src/state/belief.ts";
import type { Order } from "../../src/state/order.ts";
import { plainMerge, plainOrders } from "./plain-merge.ts";

/** @param onDifference hears of a step that is not what the rules say */
export function judged(
  onDifference: (what: string) => void,
  onStep: () => void = () => {},
  merge: BeliefMerge = mergeBeliefs,
): BeliefMerge {
  return (belief, received, context) => {
    onStep();
    let asked: Order | null = null;
    const { signer, now, state } = context;
    // What the merge wants to sign, whether or not this peer may sign it.
    const listening: OrderSigner = {
      publicKey: signer.publicKey,
      signOrder(order) {
        asked = order;
        return signer.signOrder(order);
      },
    };
    const merged = merge(belief, received, { ...context, signer: listening });
    const blocks = new Map<string, SignedData>();
    const own = keyOf(signer.publicKey);
    const expected = plainMerge({
      own,
      believed: plainOrders(belief, blocks),
      received: received.map((each) => (each === null ? [] : plainOrders(each, blocks))),
      now: Number(now),
      state,
      block: (hash) => blocks.get(hash) as SignedData,
    });
    const wanted = expected.own === null ? "as it was" : describe(expected.own);
    const found = asked === null ? "as it was" : describeOrder(asked);
    if (wanted !== found) onDifference(`own Order is ${found} instead of ${wanted}`);
    const kept = keptIn(merged, own);
    const keys = [...expected.kept].map(([key, name]) => key + name).sort();
    if (kept !== keys.join()) onDifference("other Orders are kept than should be");
    return merged;
  };
}

function keptIn(merged: Belief, own: string): string {
  const orders = plainOrders(merged, new Map()).filter(({ key }) => key !== own);
  return orders
    .map(({ key, name }) => key + name)
    .sort()
    .join();
}

function describe(order: {
  readonly points: readonly number[];
  readonly blocks: readonly string[];
}): string {
  const hash = Bun.hash.wyhash(order.blocks.join()).toString(36);
  return `${order.points} of ${order.blocks.length} blocks ${hash}`;
}

function describeOrder(order: Order): string {
  const points = order.points.toArray().map(Number);
  return describe({ points, blocks: order.blocks.toArray().map(hashKey) });
}
