// No two honest peers differ in a final prefix, none takes back what it has executed, and at the
// same position all have the same State.

import { hashKey } from "../../../src/data/encode.ts";
import type { SimPeer } from "../sim-peer.ts";
import type { Checker, Complain } from "./checker.ts";

interface Entry {
  readonly block: string;
  readonly state: string;
  /** The peer that executed it first. */
  readonly by: number;
}

export class Ledger implements Checker {
  readonly #complain: Complain;
  readonly #entries: Entry[] = [];
  /** Number of blocks that each peer has executed. */
  readonly #positions = new Map<number, number>();

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /** Number of blocks that some honest peer has executed. */
  get length(): number {
    return this.#entries.length;
  }

  /** A peer has an old disk, and executes again what it has executed before. */
  forgot(sim: SimPeer): void {
    this.#positions.delete(sim.index);
  }

  saw(sim: SimPeer): void {
    const { peer } = sim.running;
    const before = this.#positions.get(sim.index) ?? 0;
    const { position } = peer;
    if (position === before) return;
    this.#positions.set(sim.index, position);
    if (position < before) {
      this.#complain("final prefix", `peer ${sim.index} went back from ${before} to ${position}`);
      return;
    }
    for (let i = before; i < position; i++) this.#compare(sim, i);
  }

  #compare(sim: SimPeer, position: number): void {
    const { peer } = sim.running;
    const result = peer.blockResult(position);
    const signed = peer.block(position);
    if (result === null || signed === null) {
      this.#complain("final prefix", `peer ${sim.index} lacks block ${position} that it executed`);
      return;
    }
    const entry = { block: hashKey(signed), state: hashKey(result.state), by: sim.index };
    const known = this.#entries[position];
    if (known === undefined) {
      this.#entries[position] = entry;
    } else if (known.block !== entry.block) {
      const peers = `peers ${known.by} and ${sim.index}`;
      this.#complain("final prefix", `${peers} have other final blocks at ${position}`);
    } else if (known.state !== entry.state) {
      const peers = `peers ${known.by} and ${sim.index}`;
      this.#complain("state", `${peers} come to other States after block ${position}`);
    }
  }
}
