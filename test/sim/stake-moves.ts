// Stakes that change in the course of a simulation: the controller of all peers takes some back,
// gives it back, evicts a peer and registers it again. So peers that have executed different
// numbers of blocks weigh votes differently, and one may lose its say while its block is on the
// way.

import { CORE_BY_NAME } from "../../src/cvm/core/index.ts";
import { Constant } from "../../src/cvm/ops/constant.ts";
import { InvokeOp } from "../../src/cvm/ops/invoke-op.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import type { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import type { State } from "../../src/state/state.ts";
import type { Chance } from "./chance.ts";
import { CONTROLLER, invoke, peerKey, STAKE } from "./sim-genesis.ts";

/** Peers that always have a record. */
const LEAST_PEERS = 3;

export class StakeMoves {
  readonly #chance: Chance;
  readonly #peers: number;

  constructor(chance: Chance, peers: number) {
    this.#chance = chance;
    this.#peers = peers;
  }

  /** A change, as the State of the peer that is to take it in allows it. */
  next(state: State): SignedData {
    const key = Blob.of(peerKey(this.#chance.below(this.#peers)).publicKey);
    return invoke(sequenceOf(state), this.#change(state, key));
  }

  #change(state: State, key: Blob): Value {
    if (state.peer(key) === null) return call("create-peer", key, this.#stake());
    const mayGo = state.peers.count > LEAST_PEERS;
    if (mayGo && this.#chance.happens(0.3)) return call("evict-peer", key);
    return call("set-peer-stake", key, this.#stake());
  }

  #stake(): number {
    return Math.floor(STAKE * this.#chance.between(0.2, 1));
  }
}

function sequenceOf(state: State): number {
  return Number(state.account(CONTROLLER)?.sequence ?? 0) + 1;
}

function call(name: string, ...args: readonly Value[]): Value {
  const fn = CORE_BY_NAME.get(name);
  if (fn === undefined) throw new Error(`no core function '${name}'`);
  return new InvokeOp(Vector.from([fn, ...args].map((value) => Constant.of(value))));
}
