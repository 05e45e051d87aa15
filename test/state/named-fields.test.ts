// T41: what programs find in records written by hand, with fields of the wrong type. All rows are
// as the reference 0.8.5 answers them.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { List } from "../../src/data/list.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { type DataRecord, DenseRecord } from "../../src/data/record.ts";
import type { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { HostError } from "../../src/state/host-error.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import { smallState, USER } from "../transition/small-network.ts";

/** A record of the fields that the text of a vector holds, as it comes from a message. */
function record(tag: number, fields: string): DataRecord {
  const cell = new DenseRecord(tag, readForm(fields) as Vector);
  return decodeMultiCell(encodeMultiCell(cell), CVM_TABLE, null) as DataRecord;
}

function found(tag: number, fields: string, name: string): string | null {
  return print(record(tag, fields).fieldByKey(Keyword.of(name)) as Value);
}

test.each([
  ["Transfer", 0xd1, "[#11 1 5 7]", "target", "nil"],
  ["Transfer", 0xd1, "[#11 1 #5 7]", "target", "#5"],
  ["Transfer", 0xd1, "[#11 1 5 7]", "amount", "7"],
  ["Call", 0xd2, "[#11 1 :x 0 :f [1]]", "target", ":x"],
  ["Call", 0xd2, "[#11 1 #9 0 :f [1]]", "call", "nil"],
  ["Call", 0xd2, "[#11 1 #9 0 f [1]]", "call", "f"],
  ["Call", 0xd2, "[#11 1 #9 0 f (1)]", "args", "nil"],
  ["Call", 0xd2, "[#11 1 #9 0 f [1]]", "args", "[1]"],
  ["Multi", 0xd3, "[#11 1 0 7]", "txs", "nil"],
  ["Multi", 0xd3, "[#11 1 0 [7]]", "txs", "[7]"],
  ["Multi", 0xd3, "[#11 1 2 [7]]", "mode", "2"],
  ["Block", 0xd6, "[5 [1]]", "timestamp", "5"],
  ["Block", 0xd6, "[5 {}]", "transactions", "nil"],
  ["Block", 0xd6, "[5 [1]]", "transactions", "[1]"],
  ["BlockResult", 0xde, "[1 []]", "state", "nil"],
  ["BlockResult", 0xde, "[1 []]", "results", "nil"],
  ["PeerStatus", 0xd9, "[12 1 2 3 4 5 6]", "controller", "nil"],
  ["PeerStatus", 0xd9, "[12 1 2 3 4 5 6]", "stakes", "2"],
  ["AccountStatus", 0xd8, "[0 0x1234 0 0 nil nil nil nil nil]", "key", "nil"],
  ["AccountStatus", 0xd8, "[0 nil 0 0 nil nil nil nil 5]", "parent", "nil"],
  ["AccountStatus", 0xd8, "[0 nil 0 0 :h :c nil nil nil]", "holdings", ":h"],
  ["AccountStatus", 0xd8, "[0 nil 0 0 :h :c nil nil nil]", "controller", ":c"],
  ["State", 0xd5, "[nil nil nil nil]", "accounts", "nil"],
  ["State", 0xd5, "[[1] 2 3 4]", "accounts", "[1]"],
  ["Order", 0xd7, "[1 [] nil]", "blocks", "nil"],
  ["Belief", 0xd4, "[nil]", "orders", "nil"],
] as const)("in a %s %p of %s, :%s is %s", (_name, tag, fields, name, value) => {
  expect(found(tag, fields, name)).toBe(value);
});

test.each([
  ["State", 0xd5, "[{} 2 3 4]", "accounts"],
  ["State", 0xd5, "[[1] [2] 3 4]", "peers"],
  ["State", 0xd5, "[[1] 2 {} 4]", "globals"],
  ["State", 0xd5, "[[1] 2 3 {}]", "schedule"],
  ["AccountStatus", 0xd8, "[0 nil 0 0 nil nil [] nil nil]", "environment"],
  ["AccountStatus", 0xd8, "[0 nil 0 0 nil nil nil 7 nil]", "metadata"],
  ["Belief", 0xd4, "[{}]", "orders"],
  ["Order", 0xd7, "[1 [] {}]", "blocks"],
] as const)("a %s %p of %s throws when it is asked for :%s", (_name, tag, fields, name) => {
  expect(() => found(tag, fields, name)).toThrow(HostError);
});

function run(code: string, cell: Value): Value {
  const call = List.from([readForm(code), List.from([readForm("quote"), cell])]);
  const tx = Invoke.of(Address.of(USER), 1, call);
  return applyTransaction(smallState(), tx).value;
}

test("what keys a record has does not depend on what is in them", () => {
  const state = record(0xd5, "[{} 2 3 4]");
  expect(run("(fn [x] (#%contains-key? x :accounts))", state)).toBe(true);
  expect(run("(fn [x] (#%contains-key? x :balance))", state)).toBe(false);
  expect(print(run("(fn [x] (#%first x))", state))).toBe("[:accounts {}]");
  expect(() => run("(fn [x] (#%get x :accounts))", state)).toThrow(HostError);
});
