// Calls of all core functions with records, Syntax and signed data that nothing makes but a hand:
// with fields that are damaged, records of damaged Vectors, metadata that is a damaged map, nested
// Syntax, signatures of something else and of nobody.

import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { Address } from "../../../src/data/address.ts";
import { Cell, type Slot, type Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import type { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Syntax } from "../../../src/data/syntax.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { oddCells } from "./cell-programs.ts";
import { damagedBlobCall } from "./damaged-blob-programs.ts";
import { type Call, type CallMaker, calledOnce, callsOf, quoted } from "./damaged-calls.ts";
import { damagedIndexCall } from "./damaged-index-programs.ts";
import { damagedMapCall, damagedSetCall } from "./damaged-trie-programs.ts";
import { damagedVectorCall } from "./damaged-vector-programs.ts";
import { LOOKED_AT } from "./looks.ts";
import { FIRST } from "./network.ts";

const NAMES = [...CORE_BY_NAME.keys()];
const SHAPES = [
  "(f %)",
  "(f %)",
  "(f % $)",
  "(f % 1)",
  "(f 1 %)",
  "(f % k)",
  "(f % 1 $)",
  "(f $ % 1)",
];
const MORE =
  "(get % k)|(% k)|(k %)|(keys %)|(values %)|(assoc % k 1)|(dissoc % k)|(count %)|(first %)|(nth % 1)|(into {} %)|(into [] %)|(vec %)|" +
  "(meta %)|(meta raw)|(syntax % {:a 1})|(syntax 1 (meta %))|(unsyntax %)|(def q raw)|(def q %)|(do (def q raw) q)|(eval raw)|(eval %)|(expand %)|" +
  "(compile %)|(quasiquote raw)|(quasiquote (1 ~%))|raw|[raw]|(let [raw 1] 2)|(let [a raw] a)|(fn raw 1)|(fn [raw] 1)|((fn [raw] 1) 2)|(def raw 1)|(do raw)|" +
  "(eval (list 'def % 1))|(eval (list 'fn % 1))|(eval (list 'let [% 1] 1))|(eval (list % 1))|(defmacro m [x] %)|(do (defmacro m [x] %) (m 1))|(get-in % [k k])|" +
  "(deploy %)|(deploy raw)|(schedule* (+ *timestamp* 1000) %)|(set-peer-data *key* %)|(set-holding #13 %)|(log %)|(do (def q 1) (def raw 2) (lookup-meta 'q))|(eval `(def ~% 3))";
const CALLS = [
  ...NAMES.flatMap((name) => SHAPES.map((shape) => shape.replace("f", name))),
  ...LOOKED_AT,
  ...LOOKED_AT,
  ...Array(8).fill(MORE.split("|")).flat(),
].flatMap(callsOf);

const DAMAGED: readonly CallMaker[] = [
  damagedMapCall,
  damagedMapCall,
  damagedSetCall,
  damagedVectorCall,
  damagedVectorCall,
  damagedIndexCall,
  damagedBlobCall,
];
const FIELDS = (
  "a x static doc callable environment metadata balance timestamp transactions accounts peers key holdings controller value public-key signature " +
  "sequence origin target amount command call args txs mode result error info trace log orders blocks"
)
  .split(" ")
  .map((name) => Keyword.of(name));

/** A collection with a damaged tree. */
function damagedCell(random: CaseRandom, makers: readonly CallMaker[] = DAMAGED): Value {
  const made = random.pick(makers)(random, 0).parts["%"] as () => List;
  return made().get(1);
}

/** The record with something else in one of its fields, or with more or fewer of them. */
function changedRecord(random: CaseRandom, record: Cell): Value {
  const slots: Slot[] = Array.from({ length: record.slotCount }, (_, i) => record.slotAt(i));
  const at = random.below(slots.length + 1);
  const odd = random.oneIn(4) ? random.pick<Value>([null, 1, Vector.EMPTY]) : damagedCell(random);
  if (random.oneIn(6)) slots.splice(at, 1);
  else slots.splice(at, at < slots.length && !random.oneIn(6) ? 1 : 0, odd);
  return new DenseRecord(record.tag, Vector.from(slots as Value[]));
}

function metadata(random: CaseRandom): CVMMap {
  const made = random.oneIn(2) ? damagedCell(random, [damagedMapCall]) : null;
  if (made instanceof CVMMap) return made;
  const entries = Array.from({ length: random.below(4) }, (): [Value, Value] => [
    random.pick<Value>(random.oneIn(2) ? FIELDS : [null, 1, CVMSymbol.of("x")]),
    random.oneIn(3) ? damagedCell(random) : true,
  ]);
  return CVMMap.from(entries);
}

function syntaxOf(random: CaseRandom, datum: Value): Value {
  const made = Syntax.of(datum, metadata(random));
  return random.oneIn(4) ? syntaxOf(random, made) : made;
}

function signedOf(random: CaseRandom, value: Value): Value {
  const key = random.oneIn(3) ? null : random.oneIn(2) ? FIRST.publicKey : random.bytes(32);
  const made = random.oneIn(3)
    ? SignedData.sign(FIRST, value)
    : SignedData.of(key, random.bytes(64), value);
  return random.oneIn(4) ? signedOf(random, made) : made;
}

function oddCell(random: CaseRandom, records: readonly Cell[]): Value {
  const datum = (): Value =>
    random.pick<() => Value>([
      () => random.pick<Value>([CVMSymbol.of("q"), 1, null, Address.of(12)]),
      () => CVMSymbol.of("x"),
      () => damagedCell(random),
      () => oddCell(random, records),
    ])();
  switch (random.below(5)) {
    case 0:
      return signedOf(random, datum());
    case 1:
    case 2:
      return syntaxOf(random, datum());
    case 3:
      return changedRecord(random, random.pick(records));
    default: {
      const fields = damagedCell(random, [damagedVectorCall]);
      return fields instanceof Vector ? new DenseRecord(0xd0 + random.below(16), fields) : fields;
    }
  }
}

const recordsOf = new WeakMap<State, readonly Cell[]>();

/** One call with one or two of them. */
export function damagedRecordCall(random: CaseRandom, index: number, genesis: State): Call {
  const records =
    recordsOf.get(genesis) ??
    oddCells(genesis).filter((cell): cell is Cell => {
      return cell instanceof Cell && cell.tag >= 0xd0 && cell.tag < 0xe0 && cell.slotCount < 16;
    });
  recordsOf.set(genesis, records);
  const it = oddCell(random, records);
  const other = random.oneIn(3) ? it : oddCell(random, records);
  const parts = {
    "%": () => quoted(it),
    raw: () => it,
    $: () => quoted(other),
    k: () => random.pick(FIELDS),
  };
  return { form: CALLS[index % CALLS.length] as Value, parts };
}

export function damagedRecordTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(damagedRecordCall(random, index, genesis), genesis);
}
