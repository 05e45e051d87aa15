// The Java classes of the reference by value. The texts of its exceptions name them, and these
// texts can reach the State: `str` of a hand-made op gives one (unprintable.ts).

import { Blob, BlobTree } from "../../data/blob.ts";
import { Cell, type Value } from "../../data/cell.ts";
import { ByteFlag, ExtensionValue } from "../../data/generic-cells.ts";
import { isLong } from "../../data/integer.ts";
import { CVMMap } from "../../data/map.ts";
import { DenseRecord } from "../../data/record.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMString } from "../../data/string.ts";
import { TAG } from "../../data/tag.ts";
import { Vector } from "../../data/vector.ts";
import { ACCOUNT_STATUS_TAG } from "../../state/account-status.ts";
import { BELIEF_TAG } from "../../state/belief.ts";
import { BLOCK_TAG } from "../../state/block.ts";
import { BLOCK_RESULT_TAG } from "../../state/block-result.ts";
import { ORDER_TAG } from "../../state/order.ts";
import { PEER_STATUS_TAG } from "../../state/peer-status.ts";
import { RESULT_TAG } from "../../state/result.ts";
import { STATE_TAG } from "../../state/state.ts";
import { CALL_TAG, INVOKE_TAG, MULTI_TAG, TRANSFER_TAG } from "../../state/transaction.ts";
import { CoreFn } from "../call/core-fn.ts";
import { Fn } from "../call/fn.ts";
import { MultiFn } from "../call/multi-fn.ts";
import { Op } from "../ops/op.ts";
import { OP_CODE, OP_TAG } from "../ops/op-cell.ts";

const DATA = "convex.core.data.";

/** Full name of the Java class of a value that is not nil. */
export function javaClass(value: Value): string {
  if (typeof value === "boolean") return `${DATA}prim.CVMBool`;
  if (!(value instanceof Cell)) {
    return `${DATA}prim.${isLong(value) ? "CVMLong" : "CVMBigInteger"}`;
  }
  return `convex.core.${cellClass(value)}`;
}

function cellClass(cell: Cell): string {
  if (cell instanceof Vector) return `data.Vector${cell.isTree ? "Tree" : "Leaf"}`;
  if (cell instanceof CVMMap) return `data.Map${cell.isLeaf ? "Leaf" : "Tree"}`;
  if (cell instanceof CVMSet) return `data.Set${cell.isLeaf ? "Leaf" : "Tree"}`;
  if (cell instanceof Blob) return `data.Blob${cell instanceof BlobTree ? "Tree" : ""}`;
  if (cell instanceof CVMString) return `data.String${cell.slotCount > 0 ? "Tree" : "Short"}`;
  if (cell instanceof DenseRecord) return "data.DenseRecord";
  if (cell instanceof ExtensionValue) return "data.ExtensionValue";
  if (cell instanceof Fn) return "lang.impl.Fn";
  if (cell instanceof MultiFn) return "lang.impl.MultiFn";
  if (cell instanceof CoreFn) return `lang.${coreClass(cell.name)}`;
  if (cell instanceof Op) return `cvm.ops.${opClass(cell)}`;
  return CLASSES.get(cell.tag) ?? "data.ACell";
}

/**
 * Core functions are anonymous classes, numbered by the order in which they stand in the source.
 */
function coreClass(name: string): string {
  const number = CORE_CLASSES.indexOf(name) + 1;
  return number === 0 ? "Compiler$1" : `Core$${number}`;
}

const CORE_CLASSES: readonly string[] = (
  "vector concat vec reverse set union intersection difference list str print split join name " +
  "keyword symbol compile eval eval-as query-as schedule* syntax unsyntax meta syntax? expand " +
  "callable? deploy accept call* log undef* lookup lookup-meta address blob account balance " +
  "transfer set-memory transfer-memory set-stake get-stake get-peer-stake create-peer " +
  "evict-peer set-peer-data set-peer-stake hash-map index hash-set keys values assoc assoc-in " +
  "get-holding set-holding set-controller set-parent set-key get get-in contains-key? subset? " +
  "dissoc conj disj cons first second last = == != >= > <= < min max inc dec boolean boolean? " +
  "encoding long int double char byte + - * / floor ceil sqrt abs signum mod div rem quot quote " +
  "pow exp not bit-and bit-xor bit-or bit-not hash keccak256 sha256 count empty nth next slice " +
  "recur tailcall* rollback halt return fail apply into merge map reduce reduced nil? vector? " +
  "list? set? map? coll? countable? empty? symbol? keyword? blob? address? long? int? double? " +
  "str? number? nan? fn? zero?"
).split(" ");

function opClass(op: Op): string {
  if (op.tag !== OP_TAG.CODED) return OP_CLASSES.get(op.tag) ?? "Op";
  const code = op.slotAt(0);
  if (code === false) return "Constant";
  return code instanceof ByteFlag ? (CODED_CLASSES.get(code.tag) ?? "Op") : "Set";
}

const OP_CLASSES: ReadonlyMap<number, string> = new Map([
  [OP_TAG.LOOKUP, "Lookup"],
  [OP_TAG.LET, "Let"],
  [OP_TAG.LOOP, "Let"],
  [OP_TAG.DEF, "Def"],
  [OP_TAG.DO, "Do"],
  [OP_TAG.INVOKE, "Invoke"],
  [OP_TAG.COND, "Cond"],
  [OP_TAG.SPECIAL, "Special"],
  [OP_TAG.LOCAL, "Local"],
]);

const CODED_CLASSES: ReadonlyMap<number, string> = new Map([
  [OP_CODE.TRY, "Try"],
  [OP_CODE.QUERY, "Query"],
  [OP_CODE.LAMBDA, "Lambda"],
]);

/** Classes of cells by their tag, where that decides. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [TAG.DOUBLE, "data.prim.CVMDouble"],
  [TAG.SYMBOL, "data.Symbol"],
  [TAG.KEYWORD, "data.Keyword"],
  [TAG.ADDRESS, "cvm.Address"],
  [TAG.LIST, "data.List"],
  [TAG.INDEX, "data.Index"],
  [TAG.SYNTAX, "cvm.Syntax"],
  [TAG.SIGNED, "data.SignedData"],
  [INVOKE_TAG, "cvm.transactions.Invoke"],
  [TRANSFER_TAG, "cvm.transactions.Transfer"],
  [CALL_TAG, "cvm.transactions.Call"],
  [MULTI_TAG, "cvm.transactions.Multi"],
  [BELIEF_TAG, "cpos.Belief"],
  [STATE_TAG, "cvm.State"],
  [BLOCK_TAG, "cpos.Block"],
  [ORDER_TAG, "cpos.Order"],
  [ACCOUNT_STATUS_TAG, "cvm.AccountStatus"],
  [PEER_STATUS_TAG, "cvm.PeerStatus"],
  [RESULT_TAG, "Result"],
  [BLOCK_RESULT_TAG, "cpos.BlockResult"],
  ...range(TAG.CHAR_BASE, 4, "data.prim.CVMChar"),
  ...range(TAG.BYTE_FLAG_BASE + 2, 14, "data.prim.ByteFlag"),
  ...range(TAG.CODED_BASE, 16, "data.CodedValue"),
]);

function range(from: number, count: number, name: string): [number, string][] {
  return Array.from({ length: count }, (_, i) => [from + i, name]);
}
