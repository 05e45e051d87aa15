// Ops that are larger than what runs of them: nothing is compiled, loaded or copied that is not
// executed, and no nesting reaches the stack.

import { expect, test } from "bun:test";
import { HostError } from "../../src/cvm/exits.ts";
import { Fn } from "../../src/cvm/fn.ts";
import { MULTI_FN_MEMBERS_MAX, MultiFn } from "../../src/cvm/multi-fn.ts";
import { Cond } from "../../src/cvm/ops/cond.ts";
import { Constant } from "../../src/cvm/ops/constant.ts";
import { Do } from "../../src/cvm/ops/do.ts";
import { InvokeOp } from "../../src/cvm/ops/invoke.ts";
import { Lambda } from "../../src/cvm/ops/lambda.ts";
import { Lookup } from "../../src/cvm/ops/lookup.ts";
import { type CellSource, MissingDataError, Ref, type Value } from "../../src/data/cell.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { context, outcomeText } from "./small-state.ts";

const NOTHING: CellSource = { cell: () => null, memorySize: () => -1 };
const ABSENT = new Ref("x".repeat(32), NOTHING);

function execute(op: Value, juiceLimit = 100_000): string {
  const ctx = context({ juiceLimit });
  return outcomeText(ctx, ctx.run(op));
}

test("nesting far beyond the depth limit is a :DEPTH error", () => {
  let op: Value = new Constant(1);
  for (let i = 0; i < 100_000; i++) op = new Do(Vector.of(op));
  expect(execute(op)).toBe("error :DEPTH");
});

test("branches that are not taken are not loaded", () => {
  const absent = new Vector(3, [new Constant(null), ABSENT, new Constant(7)], null, false);
  expect(execute(new Cond(absent))).toBe("7");
  const needed = new Vector(3, [new Constant(true), ABSENT, new Constant(7)], null, false);
  expect(() => execute(new Cond(needed))).toThrow(MissingDataError);
});

test("constants are loaded when they are executed", () => {
  const large = new Constant(ABSENT);
  expect(execute(new Cond(Vector.of(new Constant(false), large, new Constant(2))))).toBe("2");
  expect(() => execute(new Do(Vector.of(large)))).toThrow(MissingDataError);
});

test("an op of more children than can ever run stops when juice is out", () => {
  let ops = Vector.from(new Array<Value>(4096).fill(new Constant(1)));
  for (let i = 0; i < 3; i++) {
    ops = new Vector(ops.count * 16, new Array<Value>(16).fill(ops), null, true);
  }
  expect(ops.count).toBe(4096 ** 2);
  expect(execute(new Do(ops))).toBe("out of juice");
  expect(execute(new InvokeOp(ops))).toBe("error :CAST");
  expect(execute(new Cond(ops))).toBe("1");
});

test("a function of more arities than anybody can look through voids", () => {
  const fn = new Fn(Vector.EMPTY, null, new Constant(1));
  const call = (members: Vector, ...args: Value[]) =>
    execute(new InvokeOp(Vector.of(new Constant(new MultiFn(members)), ...args)));
  let members = Vector.from(new Array<Value>(16).fill(fn));
  while (members.count <= MULTI_FN_MEMBERS_MAX) {
    members = new Vector(members.count * 16, new Array<Value>(16).fill(members), null, true);
  }
  expect(call(Vector.of(fn))).toBe("1");
  expect(() => call(members)).toThrow(HostError);
  expect(() => execute(new Lambda(new MultiFn(members)))).toThrow(HostError);
});

test("what a Lookup found is forgotten when the State changes", () => {
  const ctx = context();
  const x = CVMSymbol.of("x");
  const op = new Lookup(new Constant(ctx.address), x);
  ctx.define(x, 1, null);
  expect(ctx.execute(op)).toBe(1);
  expect(ctx.execute(op)).toBe(1);
  ctx.define(x, 2, null);
  expect(ctx.execute(op)).toBe(2);
  const other = context();
  other.define(x, 3, null);
  expect(other.execute(op)).toBe(3);
  expect(ctx.execute(op)).toBe(2);
});
