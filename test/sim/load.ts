// What clients do in a simulation: transfers, one at a time for each user.

import type { SignedData } from "../../src/data/signed.ts";
import type { Result } from "../../src/state/result.ts";
import type { Chance } from "./chance.ts";
import { transfer, USERS } from "./sim-genesis.ts";
import type { SimPeer } from "./sim-peer.ts";

export class Load {
  readonly #chance: Chance;
  readonly #onResult: (signed: SignedData, sim: SimPeer, result: Result) => void;
  submitted = 0;

  constructor(chance: Chance, onResult: Load["onResult"]) {
    this.#chance = chance;
    this.#onResult = onResult;
  }

  get onResult(): (signed: SignedData, sim: SimPeer, result: Result) => void {
    return this.#onResult;
  }

  /** A client sends a transfer to a peer; its sequence is the one that this peer expects. */
  submit(sim: SimPeer): void {
    const { life } = sim;
    sim.act(() => {
      const { peer } = sim.running;
      const user = 1 + this.#chance.below(USERS);
      const sequence = Number(peer.state().account(user)?.sequence ?? 0) + 1;
      const signed = transfer(user, sequence);
      this.submitted++;
      void peer.submit(signed).then((result) => {
        if (sim.isAlive(life)) this.#onResult(signed, sim, result);
      });
    });
  }
}
