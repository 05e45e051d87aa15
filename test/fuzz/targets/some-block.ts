// Signed Blocks of transactions of every kind.

import fc from "fast-check";
import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import type { Integer, Value } from "../../../src/data/cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Block } from "../../../src/state/block.ts";
import type { State } from "../../../src/state/state.ts";
import { Call, Invoke, Multi, type Transaction, Transfer } from "../../../src/state/transaction.ts";
import { genesisState, keyPair } from "../../bench/genesis-state.ts";
import { arbitraryOp } from "../../cvm/ops/arbitrary-op.ts";
import type { CaseRandom } from "../random.ts";
import { someForm } from "./some-form.ts";

/** The user of the genesis State, and its key. */
export const USER = Address.of(11);
const SIGNER: KeyPair = keyPair(1);
const AMOUNTS: readonly Integer[] = [0, 1, -1, 1000, 10n ** 18n, 2n ** 63n - 1n];
const MOST_TRANSACTIONS = 6;

let genesis: State | null = null;

/** The State on which all cases run. */
export function baseState(): State {
  genesis ??= genesisState(undefined);
  return genesis;
}

/** A program as a form, or as an op that perhaps no compiler makes. */
export function someCommand(random: CaseRandom): Value {
  if (random.oneIn(3)) {
    return fc.sample(arbitraryOp, { seed: random.word() | 0, numRuns: 1 })[0] as Value;
  }
  return readForm(someForm(random));
}

export function someTransaction(random: CaseRandom, sequence: number, depth = 2): Transaction {
  const origin = random.oneIn(12) ? Address.of(random.below(20)) : USER;
  switch (random.below(8)) {
    case 0:
      return Transfer.of(origin, sequence, Address.of(random.below(20)), random.pick(AMOUNTS));
    case 1: {
      const args = Vector.from([someCommand(random)]);
      const name = CVMSymbol.of(random.pick(["f", "total-supply", "cns-read"]));
      return Call.of(
        origin,
        sequence,
        Address.of(random.below(30)),
        random.pick(AMOUNTS),
        name,
        args,
      );
    }
    case 2:
    case 3: {
      if (depth === 0) return Invoke.of(origin, sequence, someCommand(random));
      const count = random.below(4);
      const children = Array.from({ length: count }, () => someTransaction(random, 0, depth - 1));
      return Multi.of(origin, sequence, random.below(5), Vector.from(children));
    }
    default:
      return Invoke.of(origin, sequence, someCommand(random));
  }
}

/** A Block as a peer would send it, signed; its transactions mostly so. */
export function someBlock(random: CaseRandom): SignedData {
  const count = random.below(MOST_TRANSACTIONS + 1);
  const transactions = Array.from({ length: count }, (_, i) => {
    const sequence = random.oneIn(8) ? random.below(9) : i + 1;
    return SignedData.sign(SIGNER, someTransaction(random, sequence));
  });
  const timestamp = Number(baseState().timestamp) + random.pick([0, 1, 5, 3_600_000, -5]);
  return SignedData.sign(SIGNER, Block.of(timestamp, Vector.from(transactions)));
}
