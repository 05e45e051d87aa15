// Ops that are larger than what runs of them: nothing is compiled, loaded or copied that is not
// executed, and no nesting reaches the stack.

import { expect, test } from "bun:test";
import { Fn } from "../../../src/cvm/call/fn.ts";
import { MULTI_FN_MEMBERS_MAX, MultiFn } from "../../../src/cvm/call/multi-fn.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import { Cond } from "../../../src/cvm/ops/cond.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Do } from "../../../src/cvm/ops/do.ts";
import { InvokeOp } from "../../../src/cvm/ops/invoke-op.ts";
import { Lambda } from "../../../src/cvm/ops/lambda.ts";
import { Let } from "../../../src/cvm/ops/let.ts";
import { Local } from "../../../src/cvm/ops/local.ts";
import { Lookup } from "../../../src/cvm/ops/lookup.ts";
import { Loop } from "../../../src/cvm/ops/loop.ts";
import { SetLocal } from "../../../src/cvm/ops/set-local.ts";
import { MissingDataError, NO_CELLS, Ref, type Value } from "../../../src/data/cell.ts";
import { List } from "../../../src/data/list.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { context, outcomeText } from "../small-state.ts";

const ABSENT = new Ref("x".repeat(32), NO_CELLS);

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
  expect(call(members)).toBe("1");
  expect(() => call(members, new Constant(1))).toThrow(HostError);
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

/** A Vector of 16 ** levels times this value, in a few cells. */
function shared(value: Value, levels: number): Vector {
  let vector = Vector.from(new Array<Value>(16).fill(value));
  for (let i = 1; i < levels; i++) {
    vector = new Vector(vector.count * 16, new Array<Value>(16).fill(vector), null, true);
  }
  return vector;
}

test("an environment of any length is not copied", () => {
  const environment = shared(7, 12);
  const last = 16 ** 12 - 1;
  const call = (body: Value, ...args: Value[]) => {
    const params = Vector.from(args.map(() => CVMSymbol.of("x")));
    return execute(
      new InvokeOp(Vector.of(new Constant(new Fn(params, environment, body)), ...args)),
    );
  };
  expect(call(new Local(last))).toBe("7");
  expect(call(new Local(last + 1), new Constant(8))).toBe("8");
  expect(call(new Local(last + 1))).toBe("error :BOUNDS");
  const set = new Do(Vector.of(new SetLocal(last, new Constant(9)), new Local(last)));
  expect(call(set)).toBe("9");
  const bound = new Let(
    Vector.of(CVMSymbol.of("y")),
    Vector.of(new Constant(6), new Local(last + 1)),
  );
  expect(call(bound)).toBe("6");
  const inner = new Fn(Vector.EMPTY, null, new Local(last));
  expect(call(new InvokeOp(Vector.of(new Lambda(inner))))).toBe("7");
  const narrow = new Constant(new Fn(Vector.EMPTY, null, new Local(0)));
  expect(call(new InvokeOp(Vector.of(narrow)))).toBe("error :BOUNDS");
});

test("more bindings than an array should hold move out of it", () => {
  const n = 3000;
  const forms = Vector.from(new Array<Value>(n).fill(CVMSymbol.of("x")));
  const values = Array.from({ length: n }, (_, i) => new Constant(i));
  const body = [new Local(n - 1), new Local(0), new SetLocal(5, new Constant(1)), new Local(5)];
  const op = (make: typeof Let) => new make(forms, Vector.from([...values, ...body]));
  expect(execute(op(Let))).toBe("1");
  expect(execute(new Let(forms, Vector.from([...values, new Local(n - 1)])))).toBe(`${n - 1}`);
  expect(execute(op(Loop as unknown as typeof Let))).toBe("1");
});

test("a form of more elements than juice is walked, not copied", () => {
  expect(execute(shared(7, 12))).toBe("out of juice");
  expect(execute(List.reverseOf(shared(7, 12)))).toBe("out of juice");
  expect(execute(List.reverseOf(shared(CVMSymbol.of("*juice*"), 12)))).toBe("out of juice");
});
