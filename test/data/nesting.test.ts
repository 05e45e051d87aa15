// Cells that a hand has nested deeper than any stack may have to hold: all walks of them end at the
// same depth, whatever the engine has compiled so far, and long ways down count as work.

import { describe, expect, test } from "bun:test";
import { Blob, BlobTree, FlatBlob } from "../../src/data/blob.ts";
import { cutOf, writeForHex } from "../../src/data/blob-damaged.ts";
import { withWorkLimit, workLeft } from "../../src/data/free-work.ts";
import { Index } from "../../src/data/index-map.ts";
import { NESTING_MAX, NestingError } from "../../src/data/nesting.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import {
  arrayOfParts,
  heldBackwards,
  heldElements,
  withMapped,
} from "../../src/data/vector-damaged.ts";
import { newVector } from "../../src/data/vector-huge.ts";

const LIMIT = 2 ** 40;
/** Walks that end at NESTING_MAX end within so many levels more, where they begin. */
const SLACK = 3;

function times<T>(n: number, first: T, step: (value: T) => T): T {
  let value = first;
  for (let i = 0; i < n; i++) value = step(value);
  return value;
}

const leaf = Vector.from(Array.from({ length: 16 }, (_, i) => i));
/** Each holds the one before as what stands before its last element. */
const prefixes = (n: number) =>
  times(n, new Vector(17, [1], leaf, false), (prefix) => new Vector(33, [1], prefix, false));
/** Each is the first of two children. */
const trees = (n: number) =>
  times(n, leaf as Vector, (child) => new Vector(48, [child, leaf, leaf], null, true));
/** The same, of more elements than have 32 bits. */
const hugeTrees = (n: number) =>
  times(n, newVector(2 ** 33, [leaf, leaf], null, true), (child) =>
    newVector(2 ** 33, [child, leaf], null, true),
  );
const chunk = new FlatBlob(new Uint8Array(4096));
const blobs = (n: number) =>
  times(n, chunk as Blob, (child) => new BlobTree(8192, [child, new FlatBlob(new Uint8Array(9))]));

type Walk = readonly [name: string, of: (n: number) => unknown, walk: (cells: never) => unknown];

const WALKS: readonly Walk[] = [
  ["an element", prefixes, (v: Vector) => v.get(0)],
  ["an element of a tree", trees, (v: Vector) => v.get(0)],
  ["a slice", prefixes, (v: Vector) => v.sliceOrNil(1, 2)],
  [
    "a slice of chunks",
    (n) => new Vector(512, [prefixes(n), leaf], null, true),
    (v: Vector) => v.sliceOrNil(0, 16),
  ],
  ["a replaced element", prefixes, (v: Vector) => v.assoc(0, 7)],
  ["a replaced element of a tree", trees, (v: Vector) => v.assoc(0, 7)],
  ["a replaced element of 2^33", hugeTrees, (v: Vector) => v.assoc(0, 7)],
  ["elements mapped", trees, (v: Vector) => withMapped(v, (x) => x)],
  ["elements held", trees, (v: Vector) => [...heldElements(v)].length],
  ["elements held, backwards", trees, (v: Vector) => [...heldBackwards(v, 48n)].length],
  ["an array of the elements", trees, (v: Vector) => arrayOfParts(v)],
  ["a byte", blobs, (b: Blob) => b.byteAt(0)],
  ["some bytes", blobs, (b: Blob) => b.bytesOf(0, 4)],
  ["a cut", blobs, (b: Blob) => cutOf(b, 4090, 4100)],
  ["all bytes", blobs, (b: Blob) => b.content()],
  ["hex digits", blobs, (b: Blob) => writeForHex(b, 100n, () => {})],
  [
    "a key of an Index",
    blobs,
    (b: Blob) => Index.EMPTY.assoc(Blob.of(new Uint8Array(1)), 1)?.get(b),
  ],
  ["the text of a String", blobs, (b: Blob) => new CVMString(b).toBytes()],
];

/** Whether a walk ends because the cells nest too deep; other faults of them are none of this. */
function endsByNesting(walk: () => unknown): boolean {
  try {
    withWorkLimit(LIMIT, walk);
    return false;
  } catch (error) {
    if (error instanceof NestingError) return true;
    return false;
  }
}

describe("ends at one depth", () => {
  test.each(WALKS)("%s", (_, of, walk) => {
    expect(endsByNesting(() => walk(of(NESTING_MAX - SLACK) as never))).toBe(false);
    expect(endsByNesting(() => walk(of(NESTING_MAX + SLACK) as never))).toBe(true);
  });
});

describe("a long way down is work", () => {
  const WAYS: readonly Walk[] = WALKS.filter(([name]) =>
    /^an element|^a byte|^some bytes/.test(name),
  );
  test.each(WAYS)("%s", (_, of, walk) => {
    const workOf = (n: number) =>
      withWorkLimit(LIMIT, () => {
        walk(of(n) as never);
        return LIMIT - workLeft();
      });
    expect(workOf(1500) - workOf(500)).toBeGreaterThanOrEqual(1000 * 20);
    expect(workOf(10)).toBe(0);
  });
});
