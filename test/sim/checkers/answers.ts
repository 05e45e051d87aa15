// What a client was told stands: a transaction whose Result was delivered is in the final blocks of
// all.

import { hashKey } from "../../../src/data/encode.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import type { SimPeer } from "../sim-peer.ts";
import type { Complain } from "./checker.ts";

export class Answers {
  readonly #complain: Complain;
  /** Hash keys of transactions with a Result, and the peer that gave it. */
  readonly #delivered = new Map<string, number>();

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  get count(): number {
    return this.#delivered.size;
  }

  delivered(signed: SignedData, by: number): void {
    this.#delivered.set(hashKey(signed), by);
  }

  /** At the end of a run. */
  check(sim: SimPeer): void {
    for (const [hash, by] of this.#delivered) {
      if (sim.running.peer.positionOf(hash) !== null) continue;
      const name = Buffer.from(hash, "latin1").toString("hex").slice(0, 16);
      this.#complain("answers", `peer ${by} gave a Result to ${name}, peer ${sim.index} lacks it`);
    }
  }
}
