// Calls with cells that hardly a text names in the places of their arguments: transactions, Blocks,
// Orders, signed data, ops, records and generic cells, sound ones and ones with anything in them.

import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../../../src/data/generic-cells.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Syntax } from "../../../src/data/syntax.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { CONTROLLER } from "./network.ts";

const KEY_PAIR = KeyPair.fromSeed(new Uint8Array(32).fill(1));
const QUOTE = CVMSymbol.of("quote");

/** Calls whose arguments fit, one of each shape. */
const CALLS = (
  "(concat [1] '(2))|(union #{1} #{2})|(intersection #{1} #{1 2})|(difference #{1} #{2})|(str 1 2)|(print 1)|" +
  '(split "a,b" \\,)|(join ["a" "b"] \\,)|(eval 1)|(eval-as *address* 1)|(query-as #13 1)|(syntax 1 {:a 1})|(meta 1)|' +
  "(callable? #9 'register)|(lookup-meta #8 'count)|(transfer #13 1)|(set-memory 5)|(set-peer-data *key* {:url 1})|" +
  "(set-stake *key* 0)|(hash-map 1 2 3 4)|(index 0x12 1)|(keys {1 2})|(assoc {} 1 2)|(assoc [1] 0 2)|(assoc-in {} [1 2] 3)|" +
  "(set-holding #13 1)|(set-controller #13)|(get {1 2} 1 3)|(get-in {1 {2 3}} [1 2] 4)|(contains-key? {1 2} 1)|" +
  "(subset? #{1} #{1 2})|(dissoc {1 2} 1)|(conj [] 1)|(conj {} [1 2])|(conj #{} 1)|(disj #{1} 1)|(cons 1 [2])|(= 1 1)|" +
  "(< 1 2)|(min 1 2)|(+ 1 2.0)|(mod 7 3)|(pow 2 3)|(nth [1 2] 1)|(slice [1 2 3] 1 2)|(apply vector 1 [2])|(into [] [1])|" +
  "(into {} [[1 2]])|(merge {1 2} {3 4})|(map vector [1 2] [3 4])|(reduce conj [] [1 2])|(expand '(if 1 2) (fn [x e] x))|" +
  "(log 1 2)|(call* #9 0 'read 'convex.core)|(deploy 1 2)|(vec [1])|(set [1])|(count [1])|(first [1])|(last [1])|" +
  "(next [1 2])|(reverse [1])|(encoding 1)|(hash 0x12)|(blob 1)|(long 1)|(int 1)|(address 12)|(compile 1)|(def a 1)|" +
  "(let [a 1] a)|((fn [x] x) 1)|(fn [x] 1)|(do 1 2)|(quasiquote (1 ~2))|(filter identity [1])|(update {1 2} 1 str)"
)
  .split("|")
  .map((text) => (readForm(text) as List).toArray());

const record = (tag: number, ...fields: Value[]): Value =>
  new DenseRecord(tag, Vector.from(fields));
const coded = (tag: number, first: Value, second: Value): Value =>
  new CodedValue(tag, first, second);

/** The cells; those of a State come from the genesis. */
export function oddCells(genesis: State): Value[] {
  const origin = Address.of(CONTROLLER);
  const invoke = record(0xd0, origin, 1, 7);
  const transfer = record(0xd1, origin, 1, Address.of(13), 5);
  const signed = SignedData.sign(KEY_PAIR, invoke);
  const account = genesis.account(CONTROLLER);
  const x = CVMSymbol.of("x");
  const fn = record(0xdf, false, Vector.of(x), null, coded(0xc0, false, 5));
  const many = Vector.from(Array.from({ length: 40 }, (_, i) => i));
  const kinds = Array.from({ length: 16 }, (_, i) => i);
  return [
    invoke,
    transfer,
    record(0xd3, origin, 1, 0, Vector.EMPTY),
    signed,
    SignedData.sign(KEY_PAIR, many),
    record(0xd6, 1000, Vector.of(signed)),
    record(0xd7, 1000, Vector.of(0, 0, 0, 0), Vector.EMPTY),
    record(0xdd, 1, 2, null, null, null),
    account,
    genesis.peers,
    genesis.globals,
    fn,
    record(0xdf, fn, fn),
    record(0xdb, coded(0xc0, false, fn), 1),
    coded(0xc1, null, CVMSymbol.of("count")),
    coded(0xc2, Vector.of(x), Vector.of(1, new ExtensionValue(0xe6, 0))),
    coded(0xc0, ByteFlag.of(0xbf), fn),
    Syntax.of(account, CVMMap.from([[Keyword.of("static"), true]])),
    CVMMap.from([
      [invoke, 1],
      [account, signed],
    ]),
    CVMSet.from([invoke, signed, fn]),
    Vector.of(origin, signed),
    ...kinds.map((i) => record(0xd0 + i, 1, many)),
    ...kinds.map((i) => coded(0xc0 + i, 1, signed)),
    ...kinds.map((i) => new ExtensionValue(0xe0 + i, i)),
    ...kinds.slice(2).map((i) => ByteFlag.of(0xb0 + i)),
  ];
}

const cellsOf = new WeakMap<State, Value[]>();

/** All calls in turn, with one or two arguments that are such cells, most of them quoted. */
export function cellTransaction(random: CaseRandom, index: number, genesis: State): Case {
  const cells = cellsOf.get(genesis) ?? oddCells(genesis);
  cellsOf.set(genesis, cells);
  const call = [...(CALLS[index % CALLS.length] as Value[])];
  for (let n = random.oneIn(3) ? 2 : 1; n > 0; n--) {
    const cell = random.pick(cells);
    const place = 1 + random.below(call.length - 1);
    call[place] = random.oneIn(5) ? cell : List.from([QUOTE, cell]);
  }
  const command = random.oneIn(4)
    ? List.from([CVMSymbol.of("str"), List.from(call)])
    : List.from(call);
  const sequence = (genesis.account(CONTROLLER)?.sequence as number) + 1;
  return {
    kind: "transaction",
    message: encodeMultiCell(Invoke.of(Address.of(CONTROLLER), sequence, command)),
  };
}
