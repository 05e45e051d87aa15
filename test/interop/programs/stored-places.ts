// What one transaction puts somewhere in the State, later ones read, call functions on, change and
// take out: damaged cells in holdings, data of peers, accounts of actors, scheduled ops, metadata,
// large Sets and maps, and closures. A State is read from a store between blocks.

import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { MissingDataError, type Value } from "../../../src/data/cell.ts";
import { BadFormatError } from "../../../src/data/errors.ts";
import { decodeMultiCell } from "../../../src/data/multi-cell.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import type { State } from "../../../src/state/state.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { type CallMaker, callsOf, filled } from "./damaged-calls.ts";
import { damagedOpCall } from "./damaged-op-programs.ts";
import { damagedRecordCall } from "./damaged-record-programs.ts";
import { blockMessages } from "./network.ts";
import { CALLS_MAX, STORED_MAKERS } from "./stored-programs.ts";

/**
 * How a value is put there, and read: `%` stands for a form of it, `n` for a symbol of its own, `h`
 * for an account of its own.
 */
interface Place {
  readonly put: Value;
  readonly get: Value;
}

const TWENTY = Array.from({ length: 20 }, (_, i) => i).join(" ");

/** What the places need: an actor of the controller. */
const BEGINNING = readForm(
  "(def act (deploy '(do (set-controller *caller*) (def y 0) (defn look ^:callable [s] (eval s)) (defn put ^:callable [v] (def y v)) (defn run ^:callable [f] (f)))))",
);

const PLACES: readonly (readonly [put: string, get: string])[] = [
  ["(def n %)", "n"],
  ["(def n %)", "n"],
  ["(set-holding h %)", "(get-holding h)"],
  ["(set-holding h {:a %})", "(get-in (account h) [:holdings *address* :a])"],
  [
    "(set-peer-data *key* (assoc (get-in *state* [:peers *key* :metadata]) 'n %))",
    "(get-in *state* [:peers *key* :metadata 'n])",
  ],
  [`(def n (conj (set [${TWENTY}]) %))`, "(reduce (fn [x e] (if (long? e) x e)) nil n)"],
  [`(def n (conj (set [${TWENTY}]) % [%]))`, `(first (difference n (set [${TWENTY}])))`],
  [`(def n (assoc (apply hash-map [${TWENTY}]) 2 %))`, "(n 2)"],
  [
    `(def n (assoc (apply hash-map [${TWENTY}]) % 1))`,
    "(reduce (fn [x e] (if (long? (first e)) x (first e))) nil n)",
  ],
  ["(def n {% 1})", "(first (first n))"],
  ["(def n (index 0x12 % 0x1234 1))", "(get n 0x12)"],
  [`(def n (conj [${TWENTY}] %))`, "(nth n 20)"],
  [`(def n (concat [% %] [${TWENTY}]))`, "(second n)"],
  ["(def n (list 1 %))", "(second n)"],
  ["(def n (fn [] %))", "(n)"],
  ["(def n (let [z %] (fn [] z)))", "(n)"],
  ["(def n (let [z %] (fn ([] z) ([x] [x z]))))", "(n)"],
  ["(defn n [x & xs] [xs %])", "(second (n 1 2))"],
  ["(eval (list 'def (syntax 'n {:m %}) 1))", "(get (lookup-meta 'n) :m)"],
  ["(eval (list 'def (syntax 'n %) 1))", "(lookup-meta 'n)"],
  ["(def n (syntax % {:a 1}))", "(unsyntax n)"],
  ["(def n (syntax 1 {:a %}))", "(get (meta n) :a)"],
  ["(def n (syntax (syntax 1 {:a %}) {:b 1}))", "(get (meta n) :a)"],
  ["(def n (compile (list 'quote %)))", "(eval n)"],
  ["(defmacro n [x] %)", "(first (n 1))"],
  ["(schedule (+ *timestamp* 500) (def n %))", "n"],
  ["(schedule (+ *timestamp* 1500) (def n %))", "n"],
  ["(schedule* (+ *timestamp* 500) (compile (list 'def 'n (list 'quote %))))", "n"],
  [
    "(do (def n 1) (schedule* (+ *timestamp* 100000) (compile (list 'quote %))))",
    "(get (second (get (get *state* :schedule) (first (keys (get *state* :schedule))))) 1)",
  ],
  ["(eval-as act (list 'def 'n (list 'quote %)))", "act/n"],
  ["(eval-as act (list 'def 'n (list 'quote %)))", "(call act (look 'n))"],
  ["(eval-as act (list 'defn 'n [] (list 'quote %)))", "(call act (look '(n)))"],
  ["(call act (put %))", "act/y"],
  ["(def n (deploy (list 'def 'y (list 'quote %))))", "n/y"],
  ["(def n (deploy (list 'do '(set-controller *caller*) (list 'def 'y (list 'quote %)))))", "n/y"],
  ["(do (transfer-memory act 10) (def n [% %]) (undef y))", "(second n)"],
];

/** Takes out what was put, and memory with it. */
const ENDS =
  "(undef n)|(def n nil)|(do (undef n) *memory*)|(do (def n nil) [*memory* *balance*])|(set-memory (dec *memory*))|(set-memory 0)|" +
  "(do (undef n) (set-memory 0))|(transfer-memory act *memory*)|(do (undef n) (transfer-memory act 100) *memory*)|(set-holding h nil)|(set-holding h n)|" +
  "(set-peer-data *key* {})|(set-peer-data *key* n)|(call act (put 0))|(eval-as act '(undef n))|(eval-as act '(do (undef n) (undef y) *memory*))|" +
  "(set-key *key*)|(evict-peer *key*)|(do (undef n) (rollback 1))|(do (undef n) (fail :X n))|(do (def n 1) (query (undef n)))|(do (undef n) (def n 2))|" +
  "(do (schedule (+ *timestamp* 500) (undef n)) 1)|(try (do (undef n) (fail :X 1)) *memory*)|(def n (dissoc n 2))|(def n (disj n 1))|(def n (conj n 30))|(def n (assoc n 1 n))|" +
  "(def n [n n])|(set-controller act)|(transfer #13 1)|(def n (:environment (account *address*)))|(def n (account act))|(def n (get *state* :peers))|(def n *state*)";

const LOOKS =
  "(account *address*)|(account act)|(:environment (account act))|(:holdings (account h))|(get *state* :schedule)|(get-in *state* [:peers *key*])|(:metadata (account *address*))|" +
  "(hash (encoding (account *address*)))|(hash (encoding (account act)))|(hash (encoding (get *state* :peers)))|(hash (encoding (get *state* :schedule)))|[*memory* *balance* (:memory (account act))]|" +
  "(lookup-meta 'n)|(str (lookup-meta 'n))|(print (get-in *state* [:peers *key*]))|(str (account act))|(count (:environment (account *address*)))|(call act (run (fn [] n)))|(call act (look '*address*))|" +
  "(keys (:environment (account *address*)))|(values (:environment (account act)))|(eval-as act 'y)|(eval-as act (list 'quote n))|(= (account act) (account h))|(log n)|(get *state* :globals)|(str n)|(print n)|" +
  "(get (:environment (account *address*)) 'n)|(vec (:environment (account act)))|(map first (:environment (account *address*)))|(first (get *state* :peers))|(into {} (:environment (account *address*)))|(expand 'n)|(n)|(n 1)|(for [x n] x)";

const FOUND_PLACES: readonly Place[] = PLACES.map(([put, get]) => {
  return { put: readForm(put), get: readForm(get) };
});
const FOUND_ENDS = callsOf(ENDS);
const FOUND_LOOKS = callsOf(LOOKS);

/** A place with the names that are its own. */
class Spot {
  readonly #place: Place;
  readonly #names: Readonly<Record<string, () => Value>>;

  constructor(place: Place, number: number) {
    this.#place = place;
    this.#names = {
      n: () => CVMSymbol.of("abc".charAt(number)),
      h: () => Address.of(13 + number),
    };
  }

  put(value: Value): Value {
    return filled(this.#place.put, { ...this.#names, "%": () => value });
  }
  get(): Value {
    return filled(this.#place.get, this.#names);
  }
  /** A form that says `n` and `h`. */
  about(form: Value): Value {
    return filled(form, this.#names);
  }
}

/** Two damaged cells that are put somewhere, calls with them, and what becomes of their places. */
export function storedPlaces(random: CaseRandom, _index: number, genesis: State): Case {
  const makers = [...STORED_MAKERS, recordMaker(genesis), damagedOpCall, damagedOpCall];
  const { form, parts } = random.pick(makers)(random, random.below(CALLS_MAX));
  const [one, other, third] = [0, 1, 2].map((i) => new Spot(random.pick(FOUND_PLACES), i)) as [
    Spot,
    Spot,
    Spot,
  ];
  const stored = { ...parts, "%": () => one.get(), $: () => other.get() };
  const call = (): Value => filled(form, stored);
  const another = random.pick(makers)(random, random.below(CALLS_MAX)).form;
  const part = (name: "%" | "$"): Value => parts[name]?.() as Value;
  const spot = (): Spot => random.pick([one, one, other, third]);
  const look = (): Value => spot().about(random.pick(FOUND_LOOKS));
  const end = (): Value => spot().about(random.pick(FOUND_ENDS));
  return {
    kind: "reread",
    messages: grownBlocks(genesis, [
      [BEGINNING, one.put(part("%"))],
      [other.put(part("$"))],
      [call(), filled(another, stored)],
      [third.put(call())],
      [third.get(), look()],
      [end(), look()],
      [call(), end()],
      [third.put(other.get()), look()],
    ]),
  };
}

function recordMaker(genesis: State): CallMaker {
  return (random, index) => damagedRecordCall(random, index, genesis);
}

/** Messages of blocks, each for the State that those before it leave, as none does that is void. */
function grownBlocks(genesis: State, blocks: readonly (readonly Value[])[]): Uint8Array[] {
  let state = genesis;
  return blocks.map((forms) => {
    const [message] = blockMessages([forms], state) as [Uint8Array];
    try {
      state = applyBlock(state, decodeMultiCell(message, CVM_TABLE, null) as SignedData).state;
    } catch (error) {
      const isNone = error instanceof BadFormatError || error instanceof MissingDataError;
      if (!isNone) throw error;
    }
    return message;
  });
}
