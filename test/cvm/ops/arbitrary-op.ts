// Generated ops, hand-made nonsense included, for comparing ways to execute them.

import fc from "fast-check";
import { Fn } from "../../../src/cvm/call/fn.ts";
import { MultiFn } from "../../../src/cvm/call/multi-fn.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { Cond } from "../../../src/cvm/ops/cond.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Def } from "../../../src/cvm/ops/def.ts";
import { Do } from "../../../src/cvm/ops/do.ts";
import { InvokeOp } from "../../../src/cvm/ops/invoke-op.ts";
import { Lambda } from "../../../src/cvm/ops/lambda.ts";
import { Let } from "../../../src/cvm/ops/let.ts";
import { Local } from "../../../src/cvm/ops/local.ts";
import { Lookup } from "../../../src/cvm/ops/lookup.ts";
import { Loop } from "../../../src/cvm/ops/loop.ts";
import { Query } from "../../../src/cvm/ops/query.ts";
import { SetLocal } from "../../../src/cvm/ops/set-local.ts";
import { Special } from "../../../src/cvm/ops/special.ts";
import { Try } from "../../../src/cvm/ops/try.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMDouble } from "../../../src/data/double.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";

const FUNCTION_NAMES = [
  ..."+ - * inc dec < > <= >= = == != vector list count first map apply reduce".split(" "),
  ..."recur return halt rollback fail reduced tailcall* eval log conj get".split(" "),
];

const coreFn = fc.constantFrom(...FUNCTION_NAMES).map((name) => CORE_BY_NAME.get(name) as Value);
const symbol = fc.constantFrom("x", "y", "&", "_", "inc").map((name) => CVMSymbol.of(name));
const small = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom<Value>(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2n ** 63n),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: small },
  { weight: 3, arbitrary: coreFn },
  fc.constantFrom<Value>(
    null,
    true,
    false,
    CVMDouble.of(1.5),
    Keyword.of("k"),
    Vector.of(1, 2, 3),
    Address.of(11),
    CVMSymbol.of("x"),
  ),
);

const position = fc.integer({ min: 0, max: 4 });

/** Ops without other ops in them. */
const leaf: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: value.map((v) => new Constant(v)) },
  { weight: 5, arbitrary: position.map((p) => new Local(p)) },
  fc.integer({ min: 0, max: 24 }).map((code) => Special.ofCode(code)),
  symbol.map((s) => new Lookup(new Constant(Address.of(11)), s)),
  symbol.map((s) => new Lookup(null, s)),
  { weight: 1, arbitrary: value },
);

const form: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: symbol },
  fc.array(symbol, { maxLength: 3 }).map((names) => Vector.from(names)),
  { weight: 1, arbitrary: value },
);

interface Tree {
  op: Value;
}

const tree = fc.letrec<Tree>((tie: fc.LetrecTypedTie<Tree>) => {
  const op: fc.Arbitrary<Value> = tie("op");
  const ops = fc.array(op, { maxLength: 4 }).map((all) => Vector.from(all));
  const plainForms = fc.array(fc.constantFrom("x", "y"), { maxLength: 2 });
  const forms = fc.oneof(
    { weight: 4, arbitrary: plainForms.map((names) => Vector.from(names.map(CVMSymbol.of))) },
    fc.array(form, { maxLength: 3 }).map((all) => Vector.from(all)),
  );
  const fn = fc.tuple(forms, op).map(([params, body]) => new Fn(params, null, body));
  const lambda = fc.oneof(
    { weight: 4, arbitrary: fn.map((f) => new Lambda(f)) },
    fc.array(fn, { maxLength: 2 }).map((all) => new Lambda(new MultiFn(Vector.from(all)))),
  );
  const coreCall = fc
    .tuple(coreFn, fc.array(op, { maxLength: 3 }))
    .map(([f, args]) => new InvokeOp(Vector.from([new Constant(f), ...args])));
  return {
    op: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      { weight: 6, arbitrary: coreCall },
      { weight: 2, arbitrary: ops.map((all) => new InvokeOp(all)) },
      {
        weight: 2,
        arbitrary: fc.tuple(lambda, ops).map(([f, all]) => {
          return new InvokeOp(Vector.from([f, ...all.toArray()]));
        }),
      },
      ops.map((all) => new Do(all)),
      { weight: 2, arbitrary: ops.map((all) => new Cond(all)) },
      { weight: 2, arbitrary: fc.tuple(forms, ops).map(([f, all]) => new Let(f, all)) },
      { weight: 2, arbitrary: fc.tuple(forms, ops).map(([f, all]) => new Loop(f, all)) },
      lambda,
      fc.tuple(symbol, op).map(([s, o]) => new Def(s, o)),
      ops.map((all) => new Query(all)),
      ops.map((all) => new Try(all)),
      fc.tuple(position, op).map(([p, o]) => new SetLocal(p, o)),
    ),
  };
});

/** Any op, or a value that stands where an op should. */
export const arbitraryOp: fc.Arbitrary<Value> = tree.op;
