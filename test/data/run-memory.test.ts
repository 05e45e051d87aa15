import { expect, test } from "bun:test";
import { withWorkLimit } from "../../src/data/free-work.ts";
import {
  BlockMemo,
  BlockMemory,
  BlockValue,
  RunMemo,
  withinBlock,
} from "../../src/data/run-memory.ts";

test("what was found out is forgotten when the run ends", () => {
  const memo = new RunMemo<object, number>();
  const key = {};
  withWorkLimit(1, () => {
    memo.set(key, 1);
    expect(memo.get(key)).toBe(1);
    withWorkLimit(1, () => expect(memo.get(key)).toBeUndefined());
    expect(memo.get(key)).toBeUndefined();
  });
  expect(memo.get(key)).toBeUndefined();
});

test("within a block what was found out outlives the run, and no other block knows of it", () => {
  const memo = new BlockMemo<object, number>();
  const key = {};
  const [first, second] = [new BlockMemory(), new BlockMemory()];
  withinBlock(first, () => withWorkLimit(1, () => memo.set(key, 1)));
  withinBlock(second, () => {
    expect(memo.isEmpty).toBe(true);
    expect(memo.get(key)).toBeUndefined();
  });
  withinBlock(first, () => {
    expect(memo.isEmpty).toBe(false);
    expect(memo.get(key)).toBe(1);
  });
  expect(memo.get(key)).toBeUndefined();
});

test("a query between two parts of a block is no part of it", () => {
  const counts = new BlockValue(() => ({ seen: 0 }));
  const block = new BlockMemory();
  withinBlock(block, () => {
    (counts.current as { seen: number }).seen = 7;
  });
  expect(counts.current).toBeNull();
  withinBlock(block, () => expect(counts.current).toEqual({ seen: 7 }));
  expect(() =>
    withinBlock(block, () => {
      throw new Error("void");
    }),
  ).toThrow("void");
  expect(counts.current).toBeNull();
});
