import { expect, test } from "bun:test";
import { doWork, WorkLimitError, withWorkCap, withWorkLimit } from "../../src/data/free-work.ts";

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
