// Beliefs and Orders that are wrong in one way or another, by a peer of the network or in its name.

import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Cell, Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { Invoke } from "../../src/state/transaction.ts";

/** Data under somebody's key with a signature that is none, another one for each number. */
export function forged(publicKey: Uint8Array, value: Value, number = 0): SignedData {
  const signature = new Uint8Array(64);
  new DataView(signature.buffer).setUint32(4, number);
  // S is below the group's order, so that arithmetic has to tell.
  new DataView(signature.buffer).setUint32(40, number);
  return SignedData.of(publicKey, signature, value);
}

export function beliefOf(signed: SignedData): Belief {
  const key = Blob.of(signed.publicKey as Uint8Array);
  return Belief.of(Index.EMPTY.assoc(key, signed) as Index);
}

/** Orders of one peer, rightly signed and wrong, and others that nobody has signed. */
export function badBeliefs(attacker: KeyPair): Cell[] {
  const now = Date.now();
  const invoke = SignedData.sign(attacker, Invoke.of(Address.of(11), 1, 1));
  const unsigned = (value: Cell) => forged(attacker.publicKey, value);
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
          beliefs.push(signed, beliefOf(signed));
        }
      }
    }
  }
  return beliefs;
}

/** Orders in the name of another, each with another signature that is none. */
export function forgedOrders(publicKey: Uint8Array, count: number): Cell[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, i) => {
    const order = Order.of(now + i, Vector.of(0, 0, 0, 0), Vector.EMPTY);
    return beliefOf(forged(publicKey, order, i));
  });
}

/**
 * Orders that their peer has signed, behind blocks of which each has another signature that is
 * none.
 */
export function ordersOfForgedBlocks(attacker: KeyPair, count: number, blocks: number): Cell[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, i) => {
    const forgeries = Array.from({ length: blocks }, (_, j) =>
      forged(attacker.publicKey, Block.of(now, Vector.EMPTY), i * blocks + j),
    );
    const order = Order.of(now + i, Vector.of(blocks, 0, 0, 0), Vector.from(forgeries));
    return SignedData.sign(attacker, order);
  });
}
