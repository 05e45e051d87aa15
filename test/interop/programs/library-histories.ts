// Histories of the genesis libraries: several users hold, offer, trade and control tokens, NFTs,
// boxes, names and actors over some Blocks, in transactions of their own and in Multis.

import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Block } from "../../../src/state/block.ts";
import { addLongs } from "../../../src/state/long.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, Multi, type Transaction, Transfer } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { FIRST_FORMS, libraryForm } from "./library-forms.ts";
import { BLOCK_MS, CONTROLLER, FIRST } from "./network.ts";

/** Accounts of the first key. */
const USERS = [CONTROLLER, CONTROLLER, 17, 18, 19];
const FUNDS = 10 ** 12;
const STEPS_MS = [1, BLOCK_MS, BLOCK_MS, BLOCK_MS, 5 * BLOCK_MS, 10 ** 8];

export function libraryHistory(random: CaseRandom, _index: number, genesis: State): Case {
  let time = genesis.timestamp;
  const sequences = new Map<number, number>();
  const next = (origin: number): number => {
    const known = sequences.get(origin) ?? (genesis.account(origin)?.sequence as number);
    sequences.set(origin, known + 1);
    return known + 1;
  };
  const block = (transactions: readonly Transaction[]): Uint8Array => {
    time = addLongs(time, random.pick(STEPS_MS));
    const signed = transactions.map((tx) => SignedData.sign(FIRST, tx));
    return encodeMultiCell(SignedData.sign(FIRST, Block.of(time, Vector.from(signed))));
  };
  const invoke = (origin: number, sequence: number): Invoke =>
    Invoke.of(Address.of(origin), sequence, readForm(libraryForm(random)));
  const member = (): Transaction => {
    const origin = random.pick(USERS);
    if (!random.oneIn(4)) return invoke(origin, next(origin));
    const children = Array.from({ length: 1 + random.below(4) }, () =>
      invoke(random.oneIn(3) ? random.pick(USERS) : origin, 0),
    );
    return Multi.of(Address.of(origin), next(origin), random.below(4), Vector.from(children));
  };
  const transfers = USERS.slice(2).map((user) =>
    Transfer.of(Address.of(CONTROLLER), next(CONTROLLER), Address.of(user), FUNDS),
  );
  const made = FIRST_FORMS.map((source) =>
    Invoke.of(Address.of(CONTROLLER), next(CONTROLLER), readForm(source)),
  );
  const messages = [block([...transfers, ...made])];
  for (let more = 1 + random.below(5); more > 0; more--)
    messages.push(block(Array.from({ length: 1 + random.below(6) }, member)));
  return { kind: "signed", messages };
}
