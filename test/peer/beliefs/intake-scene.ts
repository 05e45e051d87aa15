// A peer of four with its intake of Beliefs, and who sends it some.

import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { encoding } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  BeliefIntake,
  type BeliefSender,
  type IntakeOptions,
} from "../../../src/peer/beliefs/belief-intake.ts";
import { ReceivedCells } from "../../../src/peer/cells/received-cells.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Order } from "../../../src/state/order.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { keyPair, newPeer, newState, TestClock } from "../scene.ts";

/** Keeps what its tasks throw, which would end the process. */
export class CatchingClock extends TestClock {
  readonly errors: unknown[] = [];
  override soon(task: () => void): void {
    super.soon(() => {
      try {
        task();
      } catch (error) {
        this.errors.push(error);
      }
    });
  }
}

/** Stake of each. */
export const STAKE = 1e14;
export const PEERS = 4;

/** Peer 0, and what its intake finds fault with. */
export function intakeScene(
  clock: TestClock = new TestClock(),
  options: Pick<IntakeOptions, "providerOf" | "onSpent"> = {},
  stakes: readonly number[] = Array(PEERS).fill(STAKE),
) {
  const store = memoryStore(CVM_TABLE);
  const received = new ReceivedCells(store, CVM_TABLE, 1e6);
  const peer = newPeer({
    clock,
    store,
    received,
    genesis: newState(stakes),
    network: { reachablePeers: () => [], heardPeers: () => [], hasListened: () => true },
  });
  const faults: string[] = [];
  const onFault = (reason: string) => faults.push(reason);
  const parts = { peer, store, clock, received };
  const intake = new BeliefIntake({ ...parts, onOrder: () => {}, onFault, ...options });
  /** A cell as it is read that came as bytes, with all it names. */
  const read = (cell: Cell) => decodeMultiCell(encodeMultiCell(cell), CVM_TABLE, received) as Cell;
  return { ...parts, intake, faults, read };
}

export const STRANGER: BeliefSender = {
  isOpen: true,
  isTrusted: false,
  cells: () => Promise.reject(new Error("nobody asks a stranger")),
};

/** Who brings what is asked of it, and counts that. */
export interface Holder extends BeliefSender {
  /** Cells asked for, and bytes sent. */
  asked: number;
  sent: number;
  /** Holds the cells of one more. */
  hold(belief: Belief): void;
}

export function holder(...beliefs: readonly Belief[]): Holder {
  const store = memoryStore(CVM_TABLE);
  const made: Holder = {
    isOpen: true,
    isTrusted: true,
    asked: 0,
    sent: 0,
    hold: (belief) => store.write({ roots: [["belief", belief]] }),
    async cells(keys) {
      this.asked += keys.length;
      const found = new Map<string, Uint8Array>();
      for (const key of keys) {
        const cell = store.cell(key);
        if (cell === null) continue;
        const bytes = encoding(cell).slice();
        this.sent += bytes.length;
        found.set(key, bytes);
      }
      return found;
    },
  };
  for (const belief of beliefs) made.hold(belief);
  return made;
}

/** @param points those of an Order of which nothing is proposed, when left out */
export function orderBy(
  i: number,
  timestamp: number,
  blocks: Vector,
  points: readonly number[] = [blocks.count, 0, 0, 0],
): SignedData {
  return SignedData.sign(keyPair(i), Order.of(timestamp, Vector.from(points), blocks));
}

export function beliefOf(...signed: readonly SignedData[]): Belief {
  const entries = signed.map((each) => [Blob.of(each.publicKey as Uint8Array), each] as const);
  return Belief.of(Index.from(entries) as Index);
}
