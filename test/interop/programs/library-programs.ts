// Calls of what the genesis libraries and actors define, with arguments of all kinds and with some
// that fit.

import { CVMMap } from "../../../src/data/map.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { anyValue } from "./function-programs.ts";
import { times } from "./pieces.ts";

/**
 * Accounts that define something in the genesis; those of markets and tokens have numbers of their
 * own.
 */
const ACCOUNTS = [8, 9, 10, ...Array.from({ length: 13 }, (_, i) => 64 + i), 128, 129, 130, 131];

const FITTING = [
  "#12 #13 #11 *address* #128 #130 #129 [#128 100] [#130 1] 1 100 0 -1 1000000 #67 #69 #71 [#71 :tok] [#67 #{1}] {#128 5} {[#71 :tok] 3}",
  '{} #{} nil \'foo \'convex.core \'user.x ["user"] :tok "a" 0.5 tok mon [tok 10] #10 #9 #73 #74 [#74 1] [#75 #{#12}] true',
]
  .join(" ")
  .match(/\[[^\]]*\]|\{[^}]*\}|#\{[^}]*\}|\S+/g) as string[];

const BEGINNINGS = [
  "(def tok (deploy (#64/build-token {:supply 1000000 :decimals 2})))",
  "(def mon (deploy '(do (defn check-trusted? ^:callable [s a o] (= s #12)))))",
  "(call #71 (create :tok))",
  "(do (call #71 100 (create :tok)) (call [#71 :tok] (mint 500)))",
  "(def tok (#66/build-market {:token #128}))",
  "(import convex.asset :as asset)",
  "(call #67 (create))",
  "(call #68 (create {:a 1}))",
  "(call #69 (create))",
  "(call #72 1000000 (wrap-offer 1000000))",
  "(#9/create 'user.x #13 *address*)",
];

function argument(random: CaseRandom): string {
  if (random.oneIn(6)) return anyValue(random);
  return random.pick(FITTING);
}

export function libraryProgram(random: CaseRandom, _index: number, genesis: State): Case {
  const call = (): string => {
    const account = random.pick(ACCOUNTS);
    const names = (genesis.account(account)?.environment ?? CVMMap.EMPTY)
      .keys()
      .filter((key) => key instanceof CVMSymbol);
    const name = (random.pick(names) as CVMSymbol).name;
    const args = times(random.pick([0, 1, 1, 2, 2, 3, 4]), () => argument(random));
    if (random.oneIn(4)) return `(call #${account} (${name} ${args}))`;
    if (random.oneIn(6))
      return `(call [#${account} ${argument(random)}] ${random.pick([0, 100])} (${name} ${args}))`;
    return `(#${account}/${name} ${args})`;
  };
  const steps = [random.pick(BEGINNINGS), ...Array.from({ length: 1 + random.below(3) }, call)];
  return expression(
    `(do (def tok #128) (def mon #13) ${steps.map((step) => `(try ${step} :none)`).join(" ")} [*result* *balance*])`,
  );
}
