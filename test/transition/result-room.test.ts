// What is kept of a block's Results goes by the memory that they take: it holds all of them until
// they are written.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { footprint } from "../../src/data/footprint.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import type { Result } from "../../src/state/result.ts";
import type { State } from "../../src/state/state.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { block, invoke, smallState, USER } from "./small-network.ts";

const state = smallState();
const MEGABYTE = 2 ** 20;
const TOO_LARGE = '"The value is too large to be kept"';

/** Vectors of one element, 2^levels of them: some 4 bytes each, and 190 in memory. */
const dense = (levels: number) =>
  `(#%map #%vector (loop [i 0 v (#%vector 1)]
     (cond (#%< i ${levels}) (#%recur (#%inc i) (#%concat v v)) v)))`;

/** Fails 60 calls deep, each with a line of 4 KB in the trace. */
const TRACED = `(let [f (fn [f n s] (cond (#%> n 0) (f f (#%dec n) "${"a".repeat(4_000)}") (#%fail 1)))]
  (f f 60 1))`;

/** What the Results of a block hold, and megabytes of all of them. */
function kept(sources: readonly string[], from: State = state, sequence = 1) {
  const transactions = sources.map((each, i) => invoke(each, sequence + i));
  const { results } = applyBlock(from, block(5, ...transactions));
  const all = (results?.toArray() ?? []) as Result[];
  return {
    isShort: all.map(({ result }) => print(result) === TOO_LARGE),
    codes: all.map(({ error }) => print(error)),
    megabytes: footprint(results) / MEGABYTE,
  };
}

test.each([
  ["values", dense(15)],
  ["messages of errors", `(#%fail :A ${dense(15)})`],
  ["codes of errors", `(#%fail ${dense(15)} 1)`],
  ["traces of errors", TRACED],
  ["logs", `(do (#%log ${dense(15)}) 1)`],
])("%s are kept up to 128 MB of memory", (_, source) => {
  const { isShort, megabytes } = kept(new Array<string>(source === TRACED ? 90 : 25).fill(source));
  const first = isShort.indexOf(true);
  expect(first).toBeGreaterThan(10);
  expect(isShort.slice(first)).not.toContain(false);
  expect(megabytes).toBeLessThan(130);
});

test("what the State holds already takes no room", () => {
  const large = Vector.from(Array.from({ length: 700_000 }, (_, i) => Vector.of(i)));
  const account = state.account(USER) as AccountStatus;
  const environment = CVMMap.EMPTY.assoc(CVMSymbol.of("large"), large);
  const holding = state.withAccount(USER, account.withEnvironment(environment));
  const busy = "(do (loop [i 0] (cond (#%< i 500) (#%recur (#%inc i)) 0)) large)";
  expect(kept([busy], holding).isShort).toEqual([true]);
  // With so little juice it is not counted at all.
  expect(kept(["large"], holding).isShort).toEqual([false]);
  memoryStore(CVM_TABLE).write({ roots: [["state", holding]] });
  expect(kept([busy], holding).isShort).toEqual([false]);
});

test("who takes all the room leaves some to each of the others, and the code of an error", () => {
  const small = `(#%count ${dense(8)})`;
  const sources = [
    ...new Array<string>(30).fill(dense(15)),
    small,
    `(#%fail :A ${dense(15)})`,
    "1",
  ];
  const { isShort, codes } = kept(sources);
  expect(isShort.slice(-4)).toEqual([true, false, true, false]);
  expect(codes.slice(-4)).toEqual(["nil", "nil", ":A", "nil"]);
});
