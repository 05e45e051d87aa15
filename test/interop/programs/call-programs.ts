// Call transactions behind code that looks at them: whether one runs depends on whether anything
// has read its arguments by name (T26), and on which places are the same cell.

import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Block } from "../../../src/state/block.ts";
import type { State } from "../../../src/state/state.ts";
import { Call, Invoke, Multi } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { callsOf, filled, quoted } from "./damaged-calls.ts";
import { BLOCK_MS, CONTROLLER, FIRST } from "./network.ts";

const NAMES = [...CORE_BY_NAME.keys()];
const SHAPES = ["(f %)", "(f % k)", "(f k %)", "(f % k 1)", "(f % [k])", "(f 1 %)", "(f % %)"];
/** Looks of which most read the arguments. */
const READING =
  "(get % :args)|(:args %)|(get-in % [:args 0])|(% :args)|(get % :args 1)|((fn [x] (:args x)) %)|(query (:args %))|(try (do (:args %) (fail 1)) 2)|(do (:args %) (fail 1))|" +
  "(do (def c %) (:args c))|(def c %)|(:args c)|(map :args [%])|(first (map :args [% %]))|(do (:args %) (rollback 1))|(get-in [%] [0 :args])|(assoc % :args [1])|(:args (assoc % :args [1]))|" +
  "(:args (assoc % :offer 1))|(dissoc % :args)|(merge {} %)|(into {} %)|(update % :args count)|(contains-key? % :args)|(let [{:args a} %] a)|(reduce (fn [a x] (:args x)) nil [%])";
const LOOKS = [
  ...NAMES.flatMap((name) => SHAPES.map((shape) => shape.replace("f", name))),
  ...Array(60).fill(READING.split("|")).flat(),
].flatMap(callsOf);
const KEYS = ["args", "args", "args", "offer", "call", "target", "origin", "value", "txs", "x"];

/** What the first block deploys. */
const ACTOR_SOURCE = "(deploy '(defn f ^:callable [& xs] (do (def y xs) [xs *caller* *offer*])))";

/** Looks, then Calls, in one Block, alone and in Multis: earlier Blocks count by chance. */
export function callBlocks(random: CaseRandom, index: number, genesis: State): Case {
  const origin = Address.of(CONTROLLER);
  const actor = genesis.accounts.count;
  let sequence = genesis.account(CONTROLLER)?.sequence as number;
  let time = Number(genesis.timestamp);
  const block = (members: readonly Value[]): Uint8Array => {
    time += BLOCK_MS;
    return encodeMultiCell(SignedData.sign(FIRST, Block.of(time, Vector.from([...members]))));
  };
  const signed = (tx: Value): SignedData => SignedData.sign(FIRST, tx);
  const call = callOf(random, origin, actor);
  const look = (at: number, it: Value): Invoke => {
    const parts = { "%": () => quoted(it), k: () => Keyword.of(random.pick(KEYS)) };
    return Invoke.of(origin, at, filled(LOOKS[(index + at) % LOOKS.length] as Value, parts));
  };
  const deployed = block([signed(Invoke.of(origin, ++sequence, readForm(ACTOR_SOURCE)))]);
  const shape = random.below(4);
  const late = call(sequence + 2);
  const shown = random.pick<Value>([late, late, late, signed(late), Vector.of(late, 1), call(1)]);
  const seen = look(sequence + 1, shown);
  if (shape === 0)
    return { kind: "signed", messages: [deployed, block([signed(seen), signed(late)])] };
  const other = look(sequence + 2, shown);
  const mode = random.below(4);
  const inner = Multi.of(origin, 0, mode, Vector.of(late, late));
  const children = random.pick<Value[]>([
    [seen, late],
    [seen, other, late],
    [late, seen],
    [seen, inner],
  ]);
  const multi = Multi.of(origin, sequence + 1, random.oneIn(2) ? 0 : mode, Vector.from(children));
  const members =
    shape === 1 ? [signed(seen), signed(other), signed(call(sequence + 3))] : [signed(multi)];
  return { kind: "signed", messages: [deployed, block(members)] };
}

/** Calls of one kind: embedded or branches, some with odd fields. */
function callOf(random: CaseRandom, origin: Address, actor: number): (sequence: number) => Call {
  const padding = Blob.of(new Uint8Array(random.pick([0, 20, 130, 130, 130])).fill(7));
  const target = random.oneIn(8)
    ? random.pick<Value>([null, Vector.of(Address.of(actor), 1), 1])
    : Address.of(actor);
  const offer = random.oneIn(4) ? random.pick([1, -1, 10 ** 18]) : 0;
  const name = random.oneIn(8)
    ? random.pick<Value>([null, 1, CVMSymbol.of("g")])
    : CVMSymbol.of("f");
  const args = random.oneIn(8)
    ? random.pick<Value>([null, padding, Vector.EMPTY])
    : Vector.of(padding, 1);
  return (sequence) => new Call([origin, sequence, target, offer, name, args]);
}
