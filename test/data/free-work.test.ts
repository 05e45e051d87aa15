import { describe, expect, test } from "bun:test";
import { Blob } from "../../src/data/blob.ts";
import type { Cell, Slot } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding } from "../../src/data/encode.ts";
import { doWork, WorkLimitError, withWorkCap, withWorkLimit } from "../../src/data/free-work.ts";
import { Index } from "../../src/data/index-map.ts";
import { isSound } from "../../src/data/index-sound.ts";
import { CVMSet } from "../../src/data/set.ts";

const blob = (byte: number) => Blob.of(Uint8Array.of(byte));

test("work up to the limit is done, more is not", () => {
  withWorkLimit(10, () => {
    doWork(10);
    expect(() => doWork(1)).toThrow(WorkLimitError);
  });
  expect(() => doWork(1e300)).not.toThrow();
});

test("a limit inside another has all of its own, and counts for the outer one when it is over", () => {
  withWorkLimit(100, () => {
    withWorkLimit(80, () => doWork(70));
    expect(() => withWorkLimit(80, () => doWork(81))).toThrow(WorkLimitError);
    expect(() => doWork(1)).toThrow(WorkLimitError);
  });
});

test("of an outer limit there is left what was not done inside", () => {
  withWorkLimit(100, () => {
    withWorkLimit(50, () => doWork(30));
    doWork(70);
    expect(() => doWork(1)).toThrow(WorkLimitError);
  });
});

test("a cap holds for limits within, and for none after", () => {
  withWorkCap(100, () => {
    withWorkLimit(1000, () => {
      withWorkLimit(1000, () => doWork(60));
      expect(() => withWorkLimit(1000, () => doWork(41))).toThrow(WorkLimitError);
    });
  });
  withWorkLimit(100, () => {
    expect(() => withWorkCap(50, () => withWorkLimit(80, () => doWork(51)))).toThrow(
      WorkLimitError,
    );
    withWorkLimit(1000, () => doWork(900));
  });
  expect(() => doWork(1e300)).not.toThrow();
});

test("what a body throws goes through, and the limit is gone", () => {
  expect(() =>
    withWorkLimit(1, () => {
      throw new TypeError("other");
    }),
  ).toThrow(TypeError);
  expect(() => doWork(5)).not.toThrow();
});

/** Units that something needs to come to its end. */
function needs(body: () => unknown): number {
  for (let units = 0; ; units += 1_000) {
    try {
      withWorkLimit(units, body);
      return units;
    } catch (error) {
      if (!(error instanceof WorkLimitError)) throw error;
    }
  }
}

test("the work of an Index does not depend on which of its branches are one object", () => {
  const branch = Index.from(Array.from({ length: 40 }, (_, i) => [blob(i), i])) as Index;
  const withTwo = (other: Index) => new Index(80, false, [branch, other], 0, 0b11);
  const copy = decode(encoding(branch), CAD3_TABLE) as Index;
  expect(needs(() => isSound(withTwo(branch)))).toBe(needs(() => isSound(withTwo(copy))));
  // Once in a run, whichever object it is.
  const once = needs(() => isSound(branch));
  expect(once).toBeGreaterThan(0);
  expect(needs(() => [isSound(branch), isSound(copy)])).toBe(once);
});

describe("the work of sets that nobody has paid for", () => {
  const set = CVMSet.from(Array.from({ length: 400 }, (_, i) => i));
  const miscounted = (slots: Slot[]) => set.make(401, slots, set.shift, set.mask, null);
  const copied = () =>
    miscounted(set.slots.map((child) => decode(encoding(child as Cell), CAD3_TABLE)));
  const own = miscounted(set.slots);

  test.each<[string, (a: CVMSet, b: CVMSet) => unknown]>([
    ["union", (a, b) => a.union(b)],
    ["difference", (a, b) => a.difference(b)],
    ["subset?", (a, b) => a.isSubset(b)],
  ])("%s does not depend on which of their trees are one object", (_, combine) => {
    const apart = needs(() => combine(own, copied()));
    expect(needs(() => combine(own, own))).toBe(apart);
    expect(needs(() => combine(own, miscounted(set.slots)))).toBe(apart);
  });
});
