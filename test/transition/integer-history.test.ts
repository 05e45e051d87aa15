// T9 of sheet 02: `signum` of a big Integer that still is the bytes it was read from. Answers are
// the reference's: those of blocks by a peer that decoded them, and its State before each.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { INTEGER_HISTORY_BYTES, IntegerHistory } from "../../src/cvm/history/integer-history.ts";
import { Address } from "../../src/data/address.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import type { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { runQuery } from "../../src/peer/clients/queries.ts";
import type { Result } from "../../src/state/result.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import type { State } from "../../src/state/state.ts";
import { Multi } from "../../src/state/transaction.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import { block, invoke, smallState, USER } from "./small-network.ts";

const state = smallState();
const user = Address.of(USER);
const BYTES = "(#%int 0x008000000000000000)";
const TWO_63 = "9223372036854775808";

/** Printed value of a form as the Invoke of a block that came as bytes, and the State after it. */
function inBlock(from: State, source: string): { value: string | null; state: State } {
  const sequence = (from.account(USER)?.sequence ?? 0) as number;
  const sent = encodeMultiCell(block(10 * (sequence + 1), invoke(source, sequence + 1)));
  const received = decodeMultiCell(sent, CVM_TABLE, null) as SignedData;
  const { state: after, results } = applyBlock(from, received);
  const [result] = (results as Vector).toArray() as Result[];
  return { value: print((result as Result).result), state: after };
}

/** Printed value of a form that was read from text here. */
function asRead(source: string): string | null {
  return print(applyTransaction(state, invoke(source)).value);
}

/** What signum gives after `form` had `x`, which is bytes. */
function signumAfter(form: string): string | null {
  return asRead(`(do (def x ${BYTES}) (def y 18446744073709551615) ${form} (#%signum x))`);
}

describe("T9: the sign of bytes that begin with 0x00 is 0", () => {
  test.each([
    [`(#%signum ${BYTES})`, "0"],
    [`(do (def x ${BYTES}) (#%> x 0) (#%signum x))`, "1"],
    ["(#%signum (#%int 0x00ff000000000000000000000000000001))", "0"],
    ["(#%signum (#%int 0x00ffffffffffffffff))", "0"],
    ["(#%signum (#%int 0x010000000000000000))", "1"],
    ["(#%signum (#%int 0xff7f00000000000000))", "-1"],
    ["(#%signum (#%int 0x7fffffffffffffff))", "1"],
    [`(#%signum ${TWO_63})`, "1"],
    [`(#%signum (#%first ['${TWO_63}]))`, "1"],
    ["(#%signum (#%inc 9223372036854775807))", "1"],
    ["(#%signum (#%- -9223372036854775808))", "1"],
    ["(#%signum (#%* 4294967296 2147483648))", "1"],
    ["(#%signum (#%int 1.8446744073709552e19))", "1"],
    // `int` makes bytes of what was computed.
    ["(#%signum (#%int (#%blob (#%inc 9223372036854775807))))", "0"],
    [`(do (def x ${TWO_63}) (#%signum (#%int (#%blob x))))`, "0"],
  ])("%s is %s, read from text", (source, expected) => {
    expect(asRead(source)).toBe(expected);
  });

  test.each([
    "(#%+ x 1)",
    "(#%+ 1 x)",
    "(#%- x)",
    "(#%* 1.5 x)",
    "(#%< 0 x)",
    "(try (#%< 1 x nil) 0)",
    "(#%== x y)",
    "(#%!= x ##NaN)",
    "(#%max x ##NaN)",
    "(#%min 1 x)",
    "(#%inc x)",
    "(#%dec x)",
    "(#%abs x)",
    "(#%mod x 3)",
    "(#%mod 3 x)",
    "(#%quot x y)",
    "(#%rem y x)",
    "(#%div x 2)",
    "(#%sqrt x)",
    "(#%floor x)",
    "(#%exp x)",
    "(#%pow x 2)",
    "(try (#%pow nil x) 0)",
    "(#%double x)",
    "(try (#%char x) 0)",
    "(#%zero? x)",
    "(#%str [1 (#%hash-map 2 x)])",
    "(#%print x)",
    "(try (#%undef* x) 0)",
    "(query (#%inc x))",
  ])("1 after %s", (form) => {
    expect(signumAfter(form)).toBe("1");
  });

  test.each([
    "(#%+ x)",
    "(try (#%+ x nil) 0)",
    "(#%* x)",
    "(#%< x)",
    "(try (#%< x nil) 0)",
    "(#%< 1 0 x)",
    "(#%< ##NaN x)",
    "(#%max x)",
    "(#%max ##NaN x)",
    "(#%= x y)",
    "(#%get (#%hash-map x 1) x)",
    "(#%conj (#%hash-set x) x)",
    "(#%hash (#%encoding x))",
    "(#%int x)",
    "(#%byte x)",
    "(try (#%long x) 0)",
    "(#%nan? x)",
    "(#%signum x)",
    "(#%log x)",
    "(#%blob x)",
  ])("still 0 after %s", (form) => {
    expect(signumAfter(form)).toBe("0");
  });
});

describe("T9: what was decoded is bytes", () => {
  test.each([
    [`(#%signum ${TWO_63})`, "0"],
    [`(do (def x ${TWO_63}) (#%> x 0) (#%signum x))`, "1"],
    ["(#%signum (#%+ 1 9223372036854775807))", "1"],
    ["(#%signum 18446744073709551615)", "0"],
    ["(#%signum 18446744073709551616)", "1"],
    ["(#%signum 4294967296000000000000)", "0"],
    [`(#%signum (#%first [${TWO_63}]))`, "0"],
    [`(#%signum '${TWO_63})`, "0"],
    [`(#%eval '(#%signum ${TWO_63}))`, "0"],
  ])("%s in a block is %s", (source, expected) => {
    expect(inBlock(state, source).value).toBe(expected);
  });

  test("and what the State holds is bytes again in the next transaction", () => {
    let current = state;
    const values = [
      `(def k ${TWO_63})`,
      "(#%signum k)",
      "(do (#%inc k) (#%signum k))",
      "(#%signum k)",
      "(def m (#%inc 9223372036854775807))",
      "(#%signum m)",
    ].map((source) => {
      const { value, state: after } = inBlock(current, source);
      current = after;
      return value;
    });
    expect(values).toEqual([TWO_63, "0", "1", "0", TWO_63, "0"]);
  });

  test("but not in the same block, unless the transaction brings it", () => {
    const sources = [
      `(do (def x (#%inc ${BYTES})) (def y (#%dec x)))`,
      "(#%signum y)",
      `(#%signum ${TWO_63})`,
      "(#%signum y)",
    ];
    const sent = encodeMultiCell(block(10, ...sources.map((source, i) => invoke(source, i + 1))));
    const received = decodeMultiCell(sent, CVM_TABLE, null) as SignedData;
    const results = (applyBlock(state, received).results as Vector).toArray() as Result[];
    expect(results.map(({ result }) => print(result))).toEqual([TWO_63, "1", "0", "1"]);
  });

  test("the transactions of a Multi have one history", () => {
    const children = [`(def k ${BYTES})`, "(#%inc k)", "(#%signum k)"].map((s) => invoke(s, 0));
    const { value } = applyTransaction(state, Multi.of(user, 1, 0, Vector.from(children)));
    expect(print(value)).toContain("#Result {:result 1}");
  });

  test("a query is decoded when it comes over the binary protocol, and read when it is text", () => {
    const form = readForm(`(#%signum ${TWO_63})`);
    const query = (origin: "read" | "decoded") =>
      runQuery(state, form, user, PROFILE_0_8_5, origin).result;
    expect([query("read"), query("decoded")]).toEqual([1, 0]);
  });
});

test("T9: a transaction remembers 16 MB of Integers, and those beyond stay bytes", () => {
  const history = new IntegerHistory(undefined);
  const largest = 2n ** 32760n - 1n;
  const count = Math.floor(INTEGER_HISTORY_BYTES / 4096);
  for (let i = 0; i < count + 10; i++) history.compute(largest - BigInt(i));
  expect(history.hasZeroSign(largest)).toBe(false);
  expect(history.hasZeroSign(largest - BigInt(count + 9))).toBe(true);
});
