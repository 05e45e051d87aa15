import { expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { MissingDataError, Ref, type Slot, type Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { HostError } from "../../src/state/host-error.ts";
import type { State } from "../../src/state/state.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import { applyScheduled } from "../../src/transition/scheduled.ts";
import { block, invoke, smallState, T0, USER } from "./small-network.ts";

const state = smallState();
const user = Address.of(USER);

function op(source: string): Value {
  return applyTransaction(state, invoke(`(#%compile '${source})`)).value;
}

function timeKey(time: number): Blob {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(time));
  return Blob.of(bytes);
}

/** A State with these ops scheduled, in order. */
function withSchedule(...entries: [number, Slot][]): State {
  let schedule = Index.EMPTY;
  for (const [time, code] of entries) {
    const key = timeKey(time);
    const entry = (schedule.get(key) as Vector | undefined) ?? Vector.EMPTY;
    schedule = schedule.assoc(key, entry.append(Vector.of(user, code as Value))) as Index;
  }
  return state.withSchedule(schedule);
}

function environment(s: State): string | null {
  return print(s.account(USER)?.environment ?? null);
}

const append = (n: number): Value => op(`(def v (#%conj (#%vec v) ${n}))`);

test("an op scheduled by a transaction runs in a later block", () => {
  const source = `(#%schedule* ${T0 + 1000} (#%compile '(def b 2)))`;
  const scheduled = applyBlock(state, block(10, invoke(source))).state;
  expect(scheduled.schedule.count).toBe(1);
  expect(applyBlock(scheduled, block(999)).state.schedule.count).toBe(1);
  const ran = applyBlock(scheduled, block(1000)).state;
  expect([ran.schedule.count, environment(ran)]).toEqual([0, "{b 2}"]);
  expect(ran.account(USER)?.sequence).toBe(1);
});

test("by time, then by insertion; later ones stay", () => {
  const from = withSchedule(
    [T0, op("(def v [])")],
    [T0 + 2, append(3)],
    [T0 + 1, append(1)],
    [T0 + 1, append(2)],
    [T0 + 900, append(9)],
  );
  const after = applyBlock(from, block(5)).state;
  expect(environment(after)).toBe("{v [1 2 3]}");
  expect(after.schedule.count).toBe(1);
});

test("what fails changes nothing, what costs is not charged", () => {
  const from = withSchedule(
    [T0, op("(do (def a 1) (#%fail 5))")],
    [T0, op("(loop [] (#%recur))")],
    [T0, op("(do (def c 1) (#%rollback 5))")],
    [T0, op("(def d [*signer* *peer* *caller* *location*])")],
  );
  const after = applyScheduled(from);
  expect(environment(after)).toBe("{d [nil nil nil [-1 0]]}");
  const account = after.account(USER);
  expect([account?.balance, account?.allowance, account?.sequence]).toEqual([10 ** 15, 100, 0]);
});

test("any number of timestamps runs in one block (T5)", () => {
  const entries = Array.from({ length: 150 }, (_, i): [number, Value] => [T0 - i, append(i)]);
  const after = applyScheduled(withSchedule([T0 - 999, op("(def v [])")], ...entries));
  expect(after.schedule.count).toBe(0);
  expect(countOfV(after)).toBe(150);
});

test("our rule for more than 100 ops at one timestamp: all of them run (T5)", () => {
  const entries = Array.from({ length: 250 }, (_, i): [number, Value] => [T0, append(i)]);
  const after = applyScheduled(withSchedule([T0 - 1, op("(def v [])")], ...entries));
  expect(countOfV(after)).toBe(250);
});

/** Number of elements of what `v` is. */
function countOfV(s: State): number {
  const v = s.account(USER)?.definition(CVMSymbol.of("v"));
  return v instanceof Vector ? v.count : -1;
}

test("missing data in a scheduled op leaves, to be tried again", () => {
  const absent = new Ref("x".repeat(32), null);
  for (const code of [absent, new Vector(1, [absent], null, false)]) {
    const from = withSchedule([T0, op("(def a 1)")], [T0, code]);
    expect(() => applyScheduled(from)).toThrow(MissingDataError);
  }
});

test("a schedule that nobody can have written throws", () => {
  const odd = (key: Value, entry: Value) =>
    state.withSchedule(Index.EMPTY.assoc(key, entry) as Index);
  expect(() => applyScheduled(odd(timeKey(T0), 5))).toThrow(HostError);
  expect(() => applyScheduled(odd(timeKey(T0), Vector.of(5)))).toThrow(HostError);
  expect(() => applyScheduled(odd(timeKey(T0), Vector.of(Vector.of(1, 2))))).toThrow(HostError);
  expect(() => applyScheduled(odd(timeKey(T0), Vector.of(Vector.of(user))))).toThrow(HostError);
  expect(() => applyScheduled(odd(user, Vector.EMPTY))).toThrow(HostError);
});
