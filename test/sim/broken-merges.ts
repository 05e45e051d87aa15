// Merges that are wrong on purpose, to see that the checkers notice.

import { type BeliefMerge, mergeBeliefs, type OrderSigner } from "../../src/consensus/merge.ts";
import type { Blob } from "../../src/data/blob.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Order } from "../../src/state/order.ts";

/** The merge with what it signs changed. */
function signing(change: (order: Order) => Order): BeliefMerge {
  return (belief, received, context) => {
    const { publicKey } = context.signer;
    const signer: OrderSigner = {
      publicKey,
      signOrder: (order) => context.signer.signOrder(change(order)),
    };
    return mergeBeliefs(belief, received, { ...context, signer });
  };
}

export const BROKEN_MERGES: Readonly<Record<string, BeliefMerge>> = {
  /** Calls final what others have only proposed. */
  "a level too few": signing((order) => {
    const [count = 0, proposal = 0] = order.points.toArray().map(Number);
    return order.withPoints(Vector.from([count, proposal, proposal, proposal]));
  }),

  /** Leaves one peer out of all weight, so that three of five are enough. */
  "a peer too few": (belief, received, context) => {
    const { state } = context;
    const [forgotten] = [...state.peers.entries()].map(([key]) => key);
    const peers = state.peers.dissoc(forgotten as Blob);
    return mergeBeliefs(belief, received, { ...context, state: state.withPeers(peers) });
  },

  /** Takes each point for one block more than it is. */
  "a point too far": signing((order) => {
    const points = order.points.toArray().map(Number);
    const [count = 0] = points;
    return order.withPoints(Vector.from(points.map((point) => Math.min(count, point + 1))));
  }),
};
