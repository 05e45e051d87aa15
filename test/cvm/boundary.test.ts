// State boundaries (sheet 02 §6), actor calls, deploy, eval, eval-as, query-as (§10).

import { describe, expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import { balanceOf, HERO, HERO_BALANCE, ran, run, VILLAIN } from "./small-state.ts";

/** Runs source with `a` an actor of that code. */
function withActor(code: string, source: string): string {
  return `(do (def a (deploy '(do ${code}))) ${source})`;
}

const NEW_ACTOR = Address.of(13);

describe("how code may end", () => {
  const kept: readonly (readonly [string, string])[] = [
    ["(do (def x 1) (halt 2) (def x 3))", "2"],
    ["(do (def x 1) (return 2) (def x 3))", "2"],
    ["(do (def x 1) 2)", "2"],
  ];
  for (const [source, result] of kept) {
    test(`State is kept: ${source}`, () => {
      expect(run(source)).toBe(result);
      expect(ran(source).account().environment?.count).toBe(1);
    });
  }
  const dropped: readonly (readonly [string, string])[] = [
    ["(do (def x 1) (log 1) (rollback 2))", "2"],
    ["(do (def x 1) (log 1) (fail :E 2))", "error :E"],
    ["(do (def x 1) (log 1) (recur))", "error :EXCEPTION"],
    ["(do (def x 1) (log 1) (tailcall* inc 1))", "error :EXCEPTION"],
    ["(do (def x 1) (log 1) (reduced 1))", "error :EXCEPTION"],
  ];
  for (const [source, result] of dropped) {
    test(`State and log are dropped: ${source}`, () => {
      expect(run(source)).toBe(result);
      const ctx = ran(source);
      expect(ctx.account().environment).toBeNull();
      expect(ctx.log.count).toBe(0);
    });
  }
});

describe("actor calls", () => {
  const cases: readonly (readonly [code: string, source: string, result: string])[] = [
    [
      "(def ^:callable f (fn [] [*caller* *origin* *address* *offer* *scope*]))",
      "(call* [a :s] 17 'f)",
      "[#11 #11 #13 17 :s]",
    ],
    ["(def ^:callable f (fn [x] (def n x)))", "(do (call* a 0 'f 5) a/n)", "5"],
    ["(def f (fn [] 1))  (def ^:a g 1)", "(try (call* a 0 'h) *result*)", ":STATE"],
    ["(def ^{:callable false} f (fn [] 1))", "(call* a 0 'f)", "error :STATE"],
    [
      "(def ^:callable f (fn [] (def n 1) (rollback 5)))",
      "[(call* a 0 'f) (lookup-meta a 'n)]",
      "[5 nil]",
    ],
    ["(def ^:callable f (fn [] (halt 5) 6))", "[(call* a 0 'f) 7]", "[5 7]"],
    ["(def ^:callable f (fn [] (recur)))", "(call* a 0 'count)", "error :STATE"],
    ["(def ^:callable f (fn [] (reduced 1)))", "(call* a 0 'f)", "error :EXCEPTION"],
    ["(def ^:callable f (fn [] (query (accept 3)) *offer*))", "(call* a 10 'f)", "7"],
    ["1", "(call* 8 0 'f)", "error :CAST"],
    ["1", "(call* [a] 0 'f)", "error :CAST"],
    ["1", "(call* [1 a] 0 'f)", "error :CAST"],
    ["1", "(call* #99 0 'f)", "error :NOBODY"],
    ["(def ^:callable f (fn [] 1))", "(call* a -1 'f)", "error :ARGUMENT"],
    ["(def ^:callable f (fn [] 1))", "(call* a 1000000001 'f)", "error :FUNDS"],
    ["1", "(let [x 1] (call* a 0 'f))", "error :STATE"],
  ];
  for (const [code, source, result] of cases) {
    test(`${code} ${source}`, () => expect(run(withActor(code, source))).toBe(result));
  }

  test("what is not accepted comes back", () => {
    const ctx = ran(withActor("(def ^:callable f (fn [] (accept 400)))", "(call* a 1000 'f)"));
    expect(balanceOf(ctx, NEW_ACTOR)).toBe(400);
    expect(balanceOf(ctx, HERO)).toBe(HERO_BALANCE - 400);
  });

  test("everything comes back on errors and rollback", () => {
    for (const ending of ["(fail 1)", "(rollback 1)"]) {
      const code = `(def ^:callable f (fn [] (accept 400) ${ending}))`;
      const ctx = ran(withActor(code, "(try (call* a 1000 'f) 2)"));
      expect(balanceOf(ctx, HERO)).toBe(HERO_BALANCE);
      expect(balanceOf(ctx, NEW_ACTOR)).toBe(0);
    }
  });

  test("registers of the caller are as before", () => {
    const code = "(def ^:callable f (fn [x] (set! x 9) *depth*))";
    expect(
      run(withActor(code, "(let [x 1] [(call* [a 2] 5 'f 3) x *offer* *scope* *address*])")),
    ).toBe("[6 1 0 nil #11]");
  });
});

describe("transfer to an actor", () => {
  const receiver = (taken: number) =>
    `(def ^:callable receive-coin (fn [s n d] (log s n d) (accept ${taken})))`;
  test("gives what the actor took", () => {
    const ctx = ran(withActor(receiver(30), "(transfer a 100)"));
    expect(ctx.result).toBe(30);
    expect(balanceOf(ctx, NEW_ACTOR)).toBe(30);
    expect(balanceOf(ctx, HERO)).toBe(HERO_BALANCE - 30);
  });
  test("needs a function that receives", () => {
    expect(run(withActor("1", "(transfer a 100)"))).toBe("error :STATE");
  });
  test("#0 takes coins without being asked; oneself is neutral", () => {
    expect(balanceOf(ran("(transfer #0 5)"), Address.of(0))).toBe(5);
    expect(balanceOf(ran("(transfer #11 5)"), HERO)).toBe(HERO_BALANCE);
    expect(run("(transfer #11 5)")).toBe("5");
  });
  test("checks amount, then balance, then target", () => {
    expect(run("(transfer #99 -1)")).toBe("error :ARGUMENT");
    expect(run("(transfer #99 1000000000000000001)")).toBe("error :ARGUMENT");
    expect(run("(transfer #99 1000000000000000000)")).toBe("error :FUNDS");
    expect(run("(transfer #99 1)")).toBe("error :NOBODY");
  });
});

describe("deploy", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["(deploy '(def x 1))", "#13"],
    ["(lookup-meta (deploy 1 '(def x 1) '(halt 2) '(def y 1)) 'x)", "{}"],
    ["(lookup-meta (deploy '(halt 2) '(def y 1)) 'y)", "nil"],
    ["(let [d (deploy '(rollback 1))] [d (account d)])", "[#13 nil]"],
    ["(deploy '(fail :E 1))", "error :E"],
    ["(do (try (deploy '(fail :E 1)) 1) (account #13))", "nil"],
    ["(do (deploy '(def who [*caller* *address* *scope* *offer*])) #13/who)", "[#11 #13 nil 0]"],
    ["(let [x 1] (deploy 'x))", "error :UNDECLARED"],
  ];
  for (const [source, result] of cases) test(source, () => expect(run(source)).toBe(result));
});

describe("eval", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["(let [x 1] (eval 'x))", "error :UNDECLARED"],
    ["(eval '(do (def y 3) y))", "3"],
    [
      "(do (def ^:callable f (fn [] (eval '[*caller* *offer* *scope*]))) (call* [*address* 1] 2 'f))",
      "[#11 2 1]",
    ],
    ["(do (eval '(halt 7)) 8)", "7"],
    // T17: the call of eval itself catches it.
    ["((fn [] (eval '(return 7)) 8))", "8"],
    ["(eval (compile '(+ 1 2)))", "3"],
    ["(eval '*result*)", "*result*"],
    ["(eval (compile '*result*))", "*result*"],
    ["(do (def *lang* (fn [x] 1)) (eval '(+ 1 2)))", "3"],
  ];
  for (const [source, result] of cases) test(source, () => expect(run(source)).toBe(result));
});

describe("eval-as and query-as", () => {
  const CONTROLLED = "(set-controller *caller*)";
  const cases: readonly (readonly [code: string, source: string, result: string])[] = [
    [CONTROLLED, "(do (eval-as a '(def x [*caller* *address*])) a/x)", "[#11 #13]"],
    ["1", "(eval-as a 1)", "error :TRUST"],
    ["(set-controller #12)", "(eval-as a 1)", "error :TRUST"],
    ["1", "(eval-as *address* '(def x 2))", "2"],
    ["1", "(eval-as #99 1)", "error :NOBODY"],
    [CONTROLLED, "(do (eval-as a '(halt 1)) 2)", "2"],
    [CONTROLLED, "(eval-as a '(rollback 1))", "1"],
    ["(def x 1)", "[(query-as a '(do (def x 5) (log 1) x)) a/x]", "[5 1]"],
    ["1", "(query-as #99 1)", "error :NOBODY"],
    ["1", "(query-as #12 '*balance*)", "1000000000"],
  ];
  for (const [code, source, result] of cases) {
    test(`${code} ${source}`, () => expect(run(withActor(code, source))).toBe(result));
  }

  test("a monitor is asked", () => {
    const monitor = (answer: string) =>
      `(do (def m (deploy '(def ^:callable check-trusted? (fn [s act o] (log s act o) ${answer}))))
           (def a (deploy (list 'set-controller m)))
           (eval-as a '*address*))`;
    expect(run(monitor("true"))).toBe("#14");
    expect(run(monitor("nil"))).toBe("error :TRUST");
    expect(run(monitor("(fail 1)"))).toBe("error :TRUST");
  });

  test("a query leaves no log and no State", () => {
    const ctx = ran("(query-as #12 '(do (log 1) (def x 1) (transfer #11 5)))");
    expect(ctx.log.count).toBe(0);
    expect(balanceOf(ctx, VILLAIN)).toBe(HERO_BALANCE);
    expect(ctx.address.value).toBe(HERO.value);
  });
});

describe("*lang*", () => {
  test("a function takes the place of the compiler for whole forms", () => {
    const source = "(do (def *lang* (fn [x] (compile [x 7]))) (deploy 1))";
    expect(run(source)).toBe("#13");
    expect(run("(do (def *lang* (fn [x] (compile [x 7]))) (eval-as *address* '(inc 1)))")).toBe(
      "[2 7]",
    );
    expect(run("(do (def *lang* (fn [x] 7)) (eval-as *address* 1))")).toBe("error :COMPILE");
    expect(run("(do (def *lang* inc) (eval-as *address* 1))")).toBe("error :COMPILE");
  });
});

test("memory is traded with the pool (§9)", () => {
  const change = (allowance: number) => {
    const ctx = ran(`(do (set-memory ${allowance}) *memory*)`);
    return [ctx.result, ctx.state.memoryPool];
  };
  expect(change(1000)).toEqual([1000, 1_000_000]);
  expect(change(1010)).toEqual([1010, 999_990]);
  expect(change(0)).toEqual([0, 1_001_000]);
  expect(run("(set-memory 1001)")).toBe("1000002");
  expect(run("(set-memory 1000)")).toBe("0");
  expect(run("(set-memory -1)")).toBe("error :ARGUMENT");
  expect(run("(set-memory 3000)")).toBe("error :FUNDS");
  expect(run("(set-memory 2000000)")).toBe("error :FUNDS");
  expect(run("(transfer-memory #12 400)")).toBe("400");
  expect(run("(transfer-memory #12 1001)")).toBe("error :MEMORY");
  expect(run("(transfer-memory #99 1)")).toBe("error :NOBODY");
  expect(run("(transfer-memory #12 -1)")).toBe("error :ARGUMENT");
});

test("the log has address, scope, location and values", () => {
  const ctx = ran(
    withActor("(def ^:callable f (fn [] (log 1 2)))", "(do (call* [a 7] 0 'f) (log))"),
  );
  expect(run("(log 1 2)")).toBe("[1 2]");
  expect(ctx.log.count).toBe(2);
});

test("the result register is nil where a child begins", () => {
  expect(run("(do 1 (deploy '(def x *result*)) #13/x)")).toBe("nil");
  expect(run("(do 1 (eval-as *address* '*result*))")).toBe("nil");
  expect(run("(do 1 (query-as *address* '*result*))")).toBe("nil");
  expect(run("(do (def ^:callable f (fn [] *result*)) (call* *address* 0 'f))")).toBe("nil");
});
