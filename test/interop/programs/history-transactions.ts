// Signed transactions of a history: of all kinds and many origins, most of them such that they are
// executed, some with odd fields, wrong sequences, keys and signatures.

import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Context } from "../../../src/cvm/context.ts";
import { EXIT } from "../../../src/cvm/exits.ts";
import { Op } from "../../../src/cvm/ops/op.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Integer, Value } from "../../../src/data/cell.ts";
import { integer } from "../../../src/data/integer.ts";
import { List } from "../../../src/data/list.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { addLongs } from "../../../src/state/long.ts";
import type { State } from "../../../src/state/state.ts";
import { Call, Invoke, Multi, type Transaction, Transfer } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import { callsOf, filled, quoted } from "./damaged-calls.ts";
import { historyForm } from "./history-forms.ts";
import { HISTORY_KEYS, pairOf } from "./history-network.ts";

const LONG_MAX = integer(2n ** 63n - 1n);
const LONG_MIN = integer(-(2n ** 63n));
const USERS = [11, 12, 12, 13, 14, 15, 17, 17, 18, 18, 19, 19, 20, 21];
const OTHERS = [0, 7, 8, 132, 133, 134, 135, 136, 9_999, 2 ** 40];
const AMOUNTS: readonly Integer[] = [
  0,
  1,
  7,
  5_009,
  5_010,
  12_000,
  1_000_000,
  1_000_000_000,
  -1,
  10 ** 15,
  integer(10n ** 18n),
  integer(10n ** 18n + 1n),
  LONG_MAX,
  LONG_MIN,
];
const ODD_SEQUENCES: readonly Integer[] = [0, -1, 2 ** 31, 2 ** 53 - 1, LONG_MAX, LONG_MIN];
const DEPTH_MAX = 3;
const WITH_SHARED = callsOf(
  "(do % 1)|(do % 1)|(do % 1)|(do (def q %) 1)|(do (set-holding #13 %) 1)|(do (set-controller %) 1)|(do (deploy (list 'def 'q (list 'quote %))) 1)|" +
    "(schedule* (+ *timestamp* 500) (compile (list 'def 'q (list 'quote %))))|(do (def q %) (def q 1))|(do (def q %) (rollback 1))|(do (def q [q %]) 1)|(do (set-peer-data *key* {1 %}) 1)",
);

/** Makes the transactions of one block after the other. */
export class TransactionMaker {
  readonly #random: CaseRandom;
  /** State before the block. */
  #state: State;
  /** Sequence of each account as it should be after what was made for the block. */
  #sequences = new Map<number, Integer>();
  readonly #earlier: SignedData[] = [];

  constructor(random: CaseRandom, state: State) {
    this.#random = random;
    this.#state = state;
  }

  /** The next block is for this State. */
  begin(state: State): void {
    this.#state = state;
    this.#sequences = new Map();
  }

  /** A member of a block: as good as always a signed transaction. */
  member(): Value {
    const random = this.#random;
    if (random.oneIn(300)) return random.pick<Value>([null, 1, Vector.EMPTY, this.#simple(1, 1)]);
    if (random.oneIn(25) && this.#earlier.length > 0) return random.pick(this.#earlier);
    const signed = this.#signed();
    this.#earlier.push(signed);
    return signed;
  }

  #signed(): SignedData {
    const random = this.#random;
    const origin = this.#origin();
    const tx = this.#transaction(origin, this.#sequence(origin), 0);
    return random.oneIn(25)
      ? this.#wronglySigned(tx, origin)
      : SignedData.sign(this.#pair(origin), tx);
  }

  #origin(): number {
    const random = this.#random;
    return random.pick(random.oneIn(12) ? OTHERS : USERS);
  }

  /** The pair of an account's key, any pair where it has none or an unknown one. */
  #pair(origin: number): KeyPair {
    const key = this.#state.account(origin)?.key ?? null;
    const pair = key === null ? undefined : pairOf(key.toBytes());
    return pair ?? this.#random.pick(HISTORY_KEYS);
  }

  #sequence(origin: number): Integer {
    const random = this.#random;
    const known = this.#sequences.get(origin) ?? this.#state.account(origin)?.sequence ?? 0;
    if (random.oneIn(40)) return random.pick(ODD_SEQUENCES);
    if (random.oneIn(40)) return addLongs(known, random.pick([0, 2]));
    const next = addLongs(known, 1);
    this.#sequences.set(origin, next);
    return next;
  }

  #wronglySigned(tx: Value, origin: number): SignedData {
    const random = this.#random;
    const right = SignedData.sign(this.#pair(origin), tx);
    const other = SignedData.sign(random.pick(HISTORY_KEYS), tx);
    const key = right.publicKey as Uint8Array;
    return random.pick([
      () => other,
      () => SignedData.of(key, other.signature, tx),
      () => SignedData.of(key, random.bytes(64), tx),
      () => SignedData.of(key, right.signature, this.#simple(origin, 1)),
      () => SignedData.of(null, right.signature, tx),
    ])();
  }

  #transaction(origin: number, sequence: Integer, depth: number): Value {
    const random = this.#random;
    if (random.oneIn(60)) return this.#odd(origin, sequence);
    if (depth < DEPTH_MAX && random.oneIn(4)) return this.#multi(origin, sequence, depth);
    return this.#simple(origin, sequence);
  }

  #simple(origin: number, sequence: Integer): Transaction {
    const random = this.#random;
    const from = Address.of(origin);
    if (random.oneIn(4)) {
      return Transfer.of(from, sequence, Address.of(this.#target()), this.#amount(origin));
    }
    if (random.oneIn(150)) return call(from, sequence);
    return Invoke.of(from, sequence, this.#command(origin));
  }

  #target(): number {
    const random = this.#random;
    return random.pick(random.oneIn(3) ? OTHERS : USERS);
  }

  /** Also amounts that leave an account with hardly enough for fees. */
  #amount(origin: number): Integer {
    const random = this.#random;
    const balance = this.#state.account(origin)?.balance ?? 0;
    if (random.oneIn(4))
      return addLongs(balance, -random.pick([0, 1, 5_000, 9_600, 10_000, 1_000_000]));
    return random.oneIn(2) ? random.below(2_000_000) : random.pick(AMOUNTS);
  }

  #command(origin: number): Value {
    const random = this.#random;
    if (random.oneIn(40)) return this.#withShared();
    const form = readForm(historyForm(random));
    return random.oneIn(4) ? this.#compiled(origin, form) : form;
  }

  /** The op that a form compiles to before the block, or the form. */
  #compiled(origin: number, form: Value): Value {
    const ctx = new Context({ state: this.#state, origin: Address.of(12), juiceLimit: 1_000_000 });
    const op = ctx.run(
      List.from([CVMSymbol.of("compile"), List.from([CVMSymbol.of("quote"), form])]),
    );
    return op !== EXIT && op instanceof Op && origin !== 0 ? op : form;
  }

  /** Code that costs nothing but the size of a value, and ignores it or keeps it. */
  #withShared(): Value {
    const value = this.#shared();
    return filled(this.#random.pick(WITH_SHARED), { "%": () => quoted(value) });
  }

  /** Cells that share their parts: few bytes of any storage size, for fees of any size. */
  #shared(): Value {
    const random = this.#random;
    let value: Value = Blob.of(random.bytes(150));
    for (let levels = random.below(17); levels > 0; levels--) {
      value = Vector.from(Array<Value>(random.pick([8, 16, 16])).fill(value));
    }
    return value;
  }

  #multi(origin: number, sequence: Integer, depth: number): Multi {
    const random = this.#random;
    const child = (): Value => {
      const from = random.oneIn(2) ? origin : this.#origin();
      if (random.oneIn(200)) return random.pick<Value>([null, 1, Vector.EMPTY]);
      return this.#transaction(from, random.pick([0, 0, 1, -1, LONG_MAX]), depth + 1);
    };
    const children = Array.from({ length: random.pick([0, 1, 2, 2, 3, 3, 4, 20]) }, child);
    return Multi.of(Address.of(origin), sequence, random.below(4), Vector.from(children));
  }

  /** A record of a transaction's tag with a field that is none of its own, or is beyond 64 bits. */
  #odd(origin: number, sequence: Integer): Value {
    const random = this.#random;
    const tx = random.oneIn(3) ? this.#multi(origin, sequence, 2) : this.#simple(origin, sequence);
    const slots = Array.from({ length: tx.slotCount }, (_, i) => tx.field(i));
    const odd: Value[] = [
      null,
      1,
      -1,
      4,
      LONG_MAX,
      2n ** 64n,
      Address.of(13),
      Blob.of(new Uint8Array(0)),
      Vector.EMPTY,
    ];
    const at = 1 + random.below(slots.length - 1);
    slots[at] = random.pick(odd);
    if (random.oneIn(8)) slots.push(null);
    return new DenseRecord(tx.tag, Vector.from(slots));
  }
}

function call(from: Address, sequence: Integer): Call {
  return Call.of(from, sequence, Address.of(132), 0, CVMSymbol.of("f"), Vector.of(1));
}
