// The decode table with everything: CAD3, the records of the State, and ops, functions and core
// definitions (sheet 02 §3, sheet 01 §11). A cell whose parts do not fit its tag stays a generic
// one with the same bytes.

import type { ByteReader, CellReader, DecodeTable } from "../data/byte-reader.ts";
import { type Cell, Ref, type Slot, type Value } from "../data/cell.ts";
import { extendTable } from "../data/decode.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../data/generic-cells.ts";
import { isLong } from "../data/integer.ts";
import type { Vector } from "../data/vector.ts";
import { recordReader } from "../state/record-reader.ts";
import { STATE_TABLE } from "../state/state-table.ts";
import { Fn } from "./call/fn.ts";
import { MultiFn } from "./call/multi-fn.ts";
import { CORE_BY_CODE } from "./core/index.ts";
import { Cond } from "./ops/cond.ts";
import { Constant } from "./ops/constant.ts";
import { Def } from "./ops/def.ts";
import { Do } from "./ops/do.ts";
import { InvokeOp } from "./ops/invoke-op.ts";
import { Lambda } from "./ops/lambda.ts";
import { Let } from "./ops/let.ts";
import { Local } from "./ops/local.ts";
import { Lookup } from "./ops/lookup.ts";
import { Loop } from "./ops/loop.ts";
import { OP_CODE, OP_TAG } from "./ops/op-cell.ts";
import { Query } from "./ops/query.ts";
import { SetLocal } from "./ops/set-local.ts";
import { Special } from "./ops/special.ts";
import { Try } from "./ops/try.ts";

const FN_FIELDS = 4;

/** Reader of a cell of two children, whatever they are. */
function pairReader(build: (first: Slot, second: Slot) => Cell): CellReader {
  return (r) => {
    const first = r.slot();
    return build(first, r.slot());
  };
}

/** `c0`: the first child says which op it is. If that is a branch it has to be loaded. */
function readCodedOp(r: ByteReader): Value {
  const first = r.slot();
  const second = r.slot();
  const code = first instanceof Ref ? first.load() : first;
  if (code === false) return new Constant(second);
  if (isLong(code) && !(first instanceof Ref)) return new SetLocal(code, second);
  if (code instanceof ByteFlag) {
    if (code.tag === OP_CODE.TRY) return new Try(second);
    if (code.tag === OP_CODE.QUERY) return new Query(second);
    if (code.tag === OP_CODE.LAMBDA) return new Lambda(second);
  }
  return generic(OP_TAG.CODED, first, second);
}

/**
 * A coded value that is no op. The reference reads both of its children when it decodes one, so a
 * child that is a branch has to be there, and nobody can decode such a cell from a message.
 * @throws MissingDataError
 */
function generic(tag: number, first: Slot, second: Slot): CodedValue {
  for (const slot of [first, second]) if (slot instanceof Ref) slot.load();
  return new CodedValue(tag, first, second);
}

function genericReader(tag: number): CellReader {
  return pairReader((first, second) => generic(tag, first, second));
}

/** Tags of coded values that are no ops. */
const GENERIC_TAGS = [0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xce, 0xcf];

/**
 * `df`: if the first field is `false`, a Fn, which has four fields; else a MultiFn. Null when the
 * fields are those of neither.
 */
function functionOf(fields: Vector): Cell | null {
  if (fields.count === 0) return null;
  // Of more than 16 fields slot 0 is the prefix, and not `false`.
  if (fields.slotAt(0) !== false) return new MultiFn(fields);
  if (fields.count !== FN_FIELDS) return null;
  return new Fn(fields.slotAt(1), fields.slotAt(2), fields.slotAt(3));
}

function extensionReader(tag: number, build: (n: number | bigint) => Cell | null): CellReader {
  return (r) => {
    const n = r.vlq();
    return build(n) ?? new ExtensionValue(tag, n);
  };
}

const READERS: readonly (readonly [tag: number, reader: CellReader])[] = [
  [OP_TAG.CODED, readCodedOp],
  [OP_TAG.LOOKUP, pairReader((address, symbol) => new Lookup(address, symbol))],
  [OP_TAG.LET, pairReader((forms, ops) => new Let(forms, ops))],
  [OP_TAG.LOOP, pairReader((forms, ops) => new Loop(forms, ops))],
  [OP_TAG.DEF, pairReader((key, op) => new Def(key, op))],
  [OP_TAG.DO, recordReader((ops) => new Do(ops))],
  [OP_TAG.INVOKE, recordReader((ops) => new InvokeOp(ops))],
  [OP_TAG.COND, recordReader((ops) => new Cond(ops))],
  [OP_TAG.FUNCTION, recordReader(functionOf)],
  [OP_TAG.SPECIAL, extensionReader(OP_TAG.SPECIAL, Special.ofCode)],
  [OP_TAG.LOCAL, extensionReader(OP_TAG.LOCAL, (position) => new Local(position))],
  ...GENERIC_TAGS.map((tag) => [tag, genericReader(tag)] as const),
  [OP_TAG.CORE, extensionReader(OP_TAG.CORE, (code) => CORE_BY_CODE.get(Number(code)) ?? null)],
];

/** What the peer, its store and the reader of forms decode with. */
export const CVM_TABLE: DecodeTable = extendTable(STATE_TABLE, READERS);
