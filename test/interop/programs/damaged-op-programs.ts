// Ops, transactions and Blocks whose Vectors nothing makes but a hand.

import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Block } from "../../../src/state/block.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, Transfer } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { type Call, callsOf, quoted } from "./damaged-calls.ts";
import { damagedVector } from "./damaged-vector-programs.ts";
import { BLOCK_MS, CONTROLLER, FIRST } from "./network.ts";
import { opCase, opOf, type VectorMaker } from "./op-programs.ts";

const SIZES = [17, 18, 20, 31, 32, 32, 33, 36, 48];

/** Half of the Vectors sound, the other half longer and damaged. */
const damagedMaker: VectorMaker = (random, parts, more) => {
  if (random.oneIn(2)) return Vector.from([...parts]);
  const few = [...parts, more(), more(), more()];
  const sound = (): Vector => {
    const size = random.pick(SIZES);
    return Vector.from(Array.from({ length: size }, (_, i) => few[i] ?? random.pick(few)));
  };
  return damagedVector(random, sound(), sound);
};

/** What is done with an op where there is an actor `act`: as in damaged-vector-programs.ts. */
const CALLS = callsOf(
  "(eval %)|(eval %)|%%|(do %% 1)|(schedule* (+ *timestamp* 500) %)|(schedule* (+ *timestamp* 500) %)|(deploy %)|(eval-as act %)|(call act (run (fn [] %%)))|" +
    "((fn [x] %%) 1)|((fn [x] %%) 1)|(let [x 1] %%)|(def q %)|(def q %%)|(str %)|(hash (encoding %))|(compile %)|(expand %)|(count %)|(= % $)|(query %%)|(try %% 1)|" +
    "(defn q [x] %%)|(do (defn q [x] %%) (q 1))|(fn [x] %%)|(first %)|(vec %)|(map eval [% $])|(apply % [1])|(% 1)|(eval (list 'do % $))|(defmacro z [x] %)|(set-holding act %)|(log %)",
);

export function damagedOpCall(random: CaseRandom, index: number): Call {
  const [it, other] = [opOf(random, damagedMaker), opOf(random, damagedMaker)];
  const parts = {
    "%": () => quoted(it),
    "%%": () => it,
    $: () => quoted(random.oneIn(3) ? it : other),
  };
  return { form: CALLS[index % CALLS.length] as Value, parts };
}

export function damagedOpTransaction(random: CaseRandom): Case {
  return opCase(random, damagedMaker);
}

/** One Block of signed transactions in a damaged Vector, and a sound one behind it. */
export function damagedBlock(random: CaseRandom, _index: number, genesis: State): Case {
  const origin = Address.of(CONTROLLER);
  const sequence = genesis.account(CONTROLLER)?.sequence as number;
  const time = Number(genesis.timestamp);
  let next = sequence;
  const signed = (): Value => {
    if (random.oneIn(12)) return random.pick<Value>([null, 1, Vector.EMPTY, origin]);
    next++;
    const transaction = random.oneIn(3)
      ? Transfer.of(origin, next, Address.of(13), random.below(9))
      : Invoke.of(origin, next, random.below(9));
    return random.oneIn(12) ? transaction : SignedData.sign(FIRST, transaction);
  };
  const size = random.pick(SIZES);
  const sound = Vector.from(Array.from({ length: size }, signed));
  const messages = [
    damagedVector(random, sound, () => sound),
    Vector.of(SignedData.sign(FIRST, Invoke.of(origin, sequence + 1, 5))),
  ].map((transactions, i) =>
    encodeMultiCell(SignedData.sign(FIRST, Block.of(time + (i + 1) * BLOCK_MS, transactions))),
  );
  return { kind: "reread", messages };
}
