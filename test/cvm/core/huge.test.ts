// Values that are small as cells and huge as collections: a tree may name one child many times.
// What cannot be done with them ends in an exit, never in an exception or in the memory.

import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { Blob, BlobTree } from "../../../src/data/blob.ts";
import { childSize } from "../../../src/data/blob-shape.ts";
import type { Slot, Value } from "../../../src/data/cell.ts";
import { integer } from "../../../src/data/integer.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { outcomeText, testContext } from "./core-call.ts";

/** 16^8 times the same element. */
function huge(element: Value): Vector {
  let v = Vector.from(Array.from({ length: 16 }, () => element));
  for (let i = 0; i < 7; i++) {
    v = new Vector(
      v.count * 16,
      Array.from({ length: 16 }, () => v),
      null,
      true,
    );
  }
  return v;
}

function invoke(name: string, ...args: Value[]): string {
  const ctx = testContext();
  return outcomeText(ctx, ctx.invoke(CORE_BY_NAME.get(name) as Value, args));
}

const NUMBERS = huge(7);
const COUNT = 16 ** 8;

describe("a vector of 16^8 elements", () => {
  test("can be counted, read and grown", () => {
    expect(invoke("count", NUMBERS)).toBe(String(COUNT));
    expect(invoke("nth", NUMBERS, COUNT - 1)).toBe("7");
    expect(invoke("last", NUMBERS)).toBe("7");
    const ctx = testContext();
    const grown = ctx.invoke(CORE_BY_NAME.get("into") as Value, [NUMBERS, Vector.of(8, 9)]);
    expect((grown as Vector).count).toBe(COUNT + 2);
    expect(invoke("slice", NUMBERS, 5, 7)).toBe("[7 7]");
    expect(invoke("get-in", NUMBERS, Vector.of(3))).toBe("7");
  });

  test.each(["vec", "set", "concat", "cons", "apply", "map", "into"])("%s: no juice", (name) => {
    const fn = CORE_BY_NAME.get("inc") as Value;
    const args: Record<string, Value[]> = {
      cons: [1, NUMBERS],
      apply: [fn, NUMBERS],
      map: [fn, NUMBERS],
      into: [Vector.EMPTY, NUMBERS],
    };
    expect(invoke(name, ...(args[name] ?? [NUMBERS]))).toBe(":JUICE");
  });

  test("join of that many strings is out of juice", () => {
    expect(invoke("join", huge(CVMString.of("")), 44)).toBe(":JUICE");
  });

  test("as a path it is out of juice, after what it finds wrong on the way", () => {
    expect(invoke("assoc-in", null, NUMBERS, 1)).toBe(":JUICE");
    expect(invoke("assoc-in", Vector.of(1), NUMBERS, 1)).toBe(":ARGUMENT");
    expect(invoke("assoc-in", 5, NUMBERS, 1)).toBe(":CAST");
    expect(invoke("get-in", null, NUMBERS)).toBe(":JUICE");
    expect(invoke("get-in", 5, NUMBERS)).toBe(":CAST");
  });
});

/** A sound Blob of so many bytes 0, the last ones as given. */
function hugeBlob(count: bigint, end: readonly number[]): Blob {
  if (count <= 4096n) {
    const bytes = new Uint8Array(Number(count));
    bytes.set(end, bytes.length - end.length);
    return Blob.of(bytes);
  }
  const size = BigInt(childSize(count));
  const whole = (count - 1n) / size;
  const slots = new Array<Slot>(Number(whole)).fill(hugeBlob(size, []));
  return new BlobTree(integer(count), [...slots, hugeBlob(count - whole * size, end)]);
}

test("positions in a Blob of 2^63-1 bytes are exact", () => {
  const count = 2n ** 63n - 1n;
  const blob = hugeBlob(count, [5, 6, 7]);
  expect(invoke("last", blob)).toBe("7");
  expect(invoke("nth", blob, count - 2n)).toBe("6");
  expect(invoke("nth", blob, count - 3n)).toBe("5");
  expect(invoke("nth", blob, count)).toBe(":BOUNDS");
  expect(invoke("byte", blob)).toBe("7");
  expect(invoke("slice", blob, count - 3n)).toBe("0x050607");
  expect(invoke("last", hugeBlob(2n ** 53n + 3n, [5, 6, 7]))).toBe("7");
});
