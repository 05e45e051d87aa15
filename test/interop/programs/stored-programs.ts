// What one transaction defines, later ones read, call functions on and change: cells that nothing
// makes but a hand, in a State that is read from a store between blocks.

import type { Value } from "../../../src/data/cell.ts";
import { List } from "../../../src/data/list.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { damagedBlobCall } from "./damaged-blob-programs.ts";
import { type CallMaker, callsOf, filled } from "./damaged-calls.ts";
import { damagedIndexCall } from "./damaged-index-programs.ts";
import { damagedMapCall, damagedSetCall } from "./damaged-trie-programs.ts";
import { damagedVectorCall } from "./damaged-vector-programs.ts";
import { blockMessages } from "./network.ts";

export const STORED_MAKERS: readonly CallMaker[] = [
  damagedIndexCall,
  damagedMapCall,
  damagedSetCall,
  damagedVectorCall,
  damagedBlobCall,
];
const A = CVMSymbol.of("a");
const B = CVMSymbol.of("b");
const C = CVMSymbol.of("c");
/** More than any of them has calls. */
export const CALLS_MAX = 2 ** 16;

/** What is done with what has been stored. */
const LOOKS = callsOf(
  "(count c)|(str c)|(print c)|(encoding c)|(= a c)|(= a b)|(def a b)|(def c a)|(hash-map a b)|(vector a b c)|(first c)|(next c)|(vec c)|" +
    "(conj a 1)|(into [] c)|(set c)|(eval c)|(def d [a b c])|(undef a)|(:environment (account *address*))|(get (:environment (account *address*)) 'a)|" +
    "(count (:environment (account *address*)))|(eval-as *address* 'a)|(lookup a)|((fn [] a))|(def f (fn [] a))|(def f (eval (list 'fn [] a)))|" +
    "(def f (let [z a] (fn [] z)))|(deploy (list 'def 'y (list 'quote a)))|(set-holding #13 a)|(set-holding #13 c)|(log a)|*state*|(hash (encoding (account *address*)))",
);

const defined = (symbol: Value, value: Value): Value =>
  List.from([CVMSymbol.of("def"), symbol, value]);

/** Definitions, a call with them, a definition of what a call gives, and looks at that. */
export function storedBlocks(random: CaseRandom, _index: number, genesis: State): Case {
  const make = random.pick(STORED_MAKERS);
  const { form, parts } = make(random, random.below(CALLS_MAX));
  const stored = { ...parts, "%": () => A, $: () => B };
  const call = (): Value => filled(form, stored);
  const other = make(random, random.below(CALLS_MAX)).form;
  const part = (name: "%" | "$"): Value => parts[name]?.() as Value;
  const blocks = [
    [defined(A, part("%")), defined(B, part("$"))],
    [call()],
    [filled(other, stored)],
    [defined(C, call())],
    [filled(random.pick(LOOKS), {})],
    [filled(random.pick(LOOKS), {})],
  ];
  return { kind: "reread", messages: blockMessages(blocks, genesis) };
}
