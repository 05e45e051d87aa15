// Transactions whose cells share their parts, so that few bytes have any storage size up to beyond
// 2^63: their fees saturate, and wrap.

import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, MULTI_MODE, Multi } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { CONTROLLER } from "./network.ts";

/** A value made of a blob and levels of vectors and maps of it. */
function shared(random: CaseRandom): Value {
  let value: Value = Blob.of(random.bytes(random.pick([1, 137, 138, 150, 4096])));
  for (let levels = random.below(64); levels > 0; levels--) {
    const width = random.pick([1, 2, 2, 3, 4, 5, 8, 16]);
    const more = Array<Value>(random.below(3)).fill(random.below(100));
    if (random.oneIn(8)) value = CVMMap.from([[value, value]]);
    else value = Vector.from([...Array<Value>(width).fill(value), ...more]);
  }
  return value;
}

export function sizeTransaction(random: CaseRandom, _index: number, genesis: State): Case {
  const sequence = (genesis.account(CONTROLLER)?.sequence as number) + 1;
  const origin = Address.of(CONTROLLER);
  const child = Invoke.of(origin, sequence, Constant.of(shared(random)));
  const failing = Invoke.of(origin, sequence, CVMSymbol.of("undeclared"));
  const both = Vector.of(child, failing);
  const tx = random.oneIn(4) ? Multi.of(origin, sequence, MULTI_MODE.ALL, both) : child;
  return { kind: "transaction", message: encodeMultiCell(tx) };
}
