// What clients do in a simulation: transfers, one at a time for each user.

import type { SignedData } from "../../src/data/signed.ts";
import type { Result } from "../../src/state/result.ts";
import type { State } from "../../src/state/state.ts";
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
    this.give(sim, (state) => {
      const user = 1 + this.#chance.below(USERS);
      const sequence = Number(state.account(user)?.sequence ?? 0) + 1;
      return transfer(user, sequence);
    });
  }

  /** A client sends a transaction to a peer, made for the State that this peer shows. */
  give(sim: SimPeer, make: (state: State) => SignedData): void {
    const { life } = sim;
    sim.act(() => {
      const { peer } = sim.running;
      const signed = make(peer.state());
      this.submitted++;
      void peer.submit(signed).then((result) => {
        if (sim.isAlive(life)) this.#onResult(signed, sim, result);
      });
    });
  }
}
