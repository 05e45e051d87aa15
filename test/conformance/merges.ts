// Runs of Belief merges (sheet 04 §3, §4.1): several peers that propose, share and merge, step by
// step.

import { ForkError, keyPairSigner, PeerHistory } from "../../src/consensus/peer-history.ts";
import { pointsOf } from "../../src/consensus/points.ts";
import { KeyPair, SEED_LENGTH } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import type { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import type { State } from "../../src/state/state.ts";
import { proposeBlock, updateState } from "../consensus/peer-steps.ts";
import { hashHex } from "./cells.ts";
import { type Difference, differences, type Runner } from "./check.ts";
import { readGenesis } from "./genesis-state.ts";
import { bytesOf, numberOf, type Row, textOf } from "./vector-file.ts";

/** The peers and the slots in which they leave their Beliefs for each other. */
class MergeRun {
  readonly #keyPairs: KeyPair[] = [];
  readonly #peers: PeerHistory[] = [];
  readonly #saved: PeerHistory[];
  readonly #slots: Belief[] = [];

  constructor(genesis: State, peerCount: number) {
    for (let i = 0; i < peerCount; i++) {
      const keyPair = KeyPair.fromSeed(new Uint8Array(SEED_LENGTH).fill(i + 1));
      this.#keyPairs.push(keyPair);
      this.#peers.push(PeerHistory.create(keyPairSigner(keyPair), genesis));
    }
    this.#saved = [...this.#peers];
    for (let i = 0; i <= peerCount; i++) {
      this.#slots.push((this.#peers[i % peerCount] as PeerHistory).belief);
    }
  }

  step(row: Row): readonly Difference[] {
    const index = numberOf(row, "peer");
    const before = (this.#peers[index] as PeerHistory).withTimestamp(numberOf(row, "ts"));
    const { peer, isForked } = this.#perform(row, index, before);
    this.#peers[index] = peer;
    const order = peer.order ?? Order.EMPTY;
    const compared = { belief: hashHex(peer.belief), order: hashHex(order) };
    if (isForked || row.fork === true) {
      return differences({ fork: false, ...row }, { fork: isForked, ...compared });
    }
    return [
      ...differences(row, {
        ...compared,
        state: hashHex(peer.state),
        position: peer.position,
      }),
      ...differences({ points: String(row.points) }, { points: String(pointsOf(order)) }),
    ];
  }

  #perform(row: Row, index: number, peer: PeerHistory): { peer: PeerHistory; isForked: boolean } {
    switch (textOf(row, "op")) {
      case "propose":
        return { peer: this.#propose(row, index, peer), isForked: false };
      case "merge":
        return merge(peer, this.#received(row));
      case "share":
        this.#slots[numberOf(row, "slot")] = peer.belief;
        return { peer, isForked: false };
      case "save":
        this.#saved[index] = peer;
        return { peer, isForked: false };
      case "restore": {
        const saved = this.#saved[index] as PeerHistory;
        return { peer: saved.withTimestamp(numberOf(row, "ts")), isForked: false };
      }
      default:
        throw new Error(`unknown step ${textOf(row, "op")}`);
    }
  }

  #propose(row: Row, index: number, peer: PeerHistory): PeerHistory {
    const block = decodeMultiCell(bytesOf(row, "block"), CVM_TABLE, null);
    if (!(block instanceof Block)) throw new Error("a proposal is not a block");
    return proposeBlock(peer, SignedData.sign(this.#keyPairs[index] as KeyPair, block));
  }

  #received(row: Row): Belief[] {
    return (row.from as number[]).map((slot) => this.#slots[slot] as Belief);
  }
}

function merge(peer: PeerHistory, received: Belief[]): { peer: PeerHistory; isForked: boolean } {
  const merged = peer.mergeBeliefs(received);
  try {
    return { peer: updateState(merged), isForked: false };
  } catch (error) {
    if (error instanceof ForkError) return { peer: merged, isForked: true };
    throw error;
  }
}

export const runner: Runner = {
  recognises: (first) => "peers" in first && "stakes" in first,
  prepare: (dir, name) => {
    const genesis = readGenesis(dir, `${name}-genesis`);
    let run: MergeRun | null = null;
    return (row) => {
      if (run !== null) return run.step(row);
      run = new MergeRun(genesis, numberOf(row, "peers"));
      const own = { genesis: hashHex(genesis), timestamp: genesis.timestamp };
      const found = differences(row, own);
      return found.length === 0 ? null : found;
    };
  },
};
