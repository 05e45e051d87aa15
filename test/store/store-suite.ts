// What every store must do; run for each of them.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Blob } from "../../src/data/blob.ts";
import { type Cell, MissingDataError, Ref, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { encodedLength, encoding, hashKey, isEmbedded } from "../../src/data/encode.ts";
import { footprint } from "../../src/data/footprint.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { List } from "../../src/data/list.ts";
import { CVMMap } from "../../src/data/map.ts";
import { statedMemorySize } from "../../src/data/memory-size.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Store } from "../../src/store/store.ts";
import { expectComplete } from "./closure.ts";

/** A place where a store lives. */
export interface StorePlace {
  open(): Store;
  /** Removes it for good. */
  remove(): void;
}

const SEED = 21;
const NESTING = 10_000;
const NOWHERE = "\u0001".repeat(32);

function longVector(length: number, start = 0): Vector {
  return Vector.from(Array.from({ length }, (_, i) => CVMString.of(`element ${start + i}`)));
}

/** Trees of vectors, maps, strings, blobs and integers, long ones among them. */
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.integer() as fc.Arbitrary<Value>,
    fc.bigInt({ min: -(2n ** 2000n), max: 2n ** 2000n }).filter((b) => !safe(b)),
    fc.string({ maxLength: 300 }).map((text) => CVMString.of(text)),
    fc.uint8Array({ maxLength: 9000 }).map((bytes) => Blob.of(bytes.slice())),
    fc.array(tie("value"), { maxLength: 40 }).map((items) => Vector.from(items)),
    fc.array(tie("value"), { maxLength: 5 }).map((items) => List.from(items)),
    fc
      .array(fc.tuple(tie("value"), tie("value")), { maxLength: 20 })
      .map((entries) => CVMMap.from(entries)),
  ),
}));

function safe(b: bigint): boolean {
  return b >= BigInt(Number.MIN_SAFE_INTEGER) && b <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** The root as a fresh store gives it back. */
function stored(store: Store, name: string): Value {
  const hash = store.root(name);
  return hash === null ? null : store.cell(hash);
}

export function storeSuite(name: string, newPlace: () => StorePlace): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;

    function reopen(): void {
      store.close();
      store = place.open();
    }

    beforeEach(() => {
      place = newPlace();
      store = place.open();
    });
    afterEach(() => {
      store.close();
      place.remove();
    });

    test("is empty at first", () => {
      expect(store.root("peer")).toBeNull();
      expect(store.meta("genesis")).toBeNull();
      expect(store.position(NOWHERE)).toBeNull();
      expect(store.cell(NOWHERE)).toBeNull();
      expect(store.has(NOWHERE)).toBe(false);
      expect(store.memorySize(NOWHERE)).toBe(-1);
    });

    test("gives back what was written, also after it is opened again", () => {
      const root = CVMMap.from([[Keyword.of("v"), longVector(300)]]);
      store.write({ roots: [["peer", root]] });
      expect(hashKey(stored(store, "peer"))).toBe(hashKey(root));
      reopen();
      const loaded = stored(store, "peer") as CVMMap;
      expect(loaded).not.toBe(root);
      expect(String((loaded.get(Keyword.of("v")) as Vector).get(299))).toBe("element 299");
      expectComplete(store, "peer");
    });

    test("keeps any value, and all it reaches", () => {
      fc.assert(
        fc.property(values, (value) => {
          const root = Vector.of(value);
          const bytes = encodeMultiCell(root);
          store.write({ roots: [["any", root]] });
          store.forget();
          expect(encodeMultiCell(stored(store, "any")).length).toBe(bytes.length);
          expect(hashKey(decodeMultiCell(bytes, CAD3_TABLE))).toBe(store.root("any") as string);
          expectComplete(store, "any");
        }),
        { seed: SEED, numRuns: 60 },
      );
    });

    test("keeps a root that is short enough to be embedded as a cell of its own", () => {
      const short = Vector.of(1, 2);
      expect(isEmbedded(short)).toBe(true);
      store.write({ roots: [["outer", Vector.of(short)]] });
      expect(store.has(hashKey(short))).toBe(false);
      store.write({ roots: [["short", short]] });
      store.forget();
      expect(hashKey(stored(store, "short"))).toBe(hashKey(short));
    });

    test("replaces roots, meta and positions, and leaves others", () => {
      const hash = hashKey(longVector(1));
      store.write({
        roots: [
          ["a", Vector.of(1)],
          ["b", Vector.of(2)],
        ],
        meta: [["genesis", "0x12"]],
        positions: [[hash, { block: 3, index: 7 }]],
      });
      store.write({
        roots: [["a", Vector.of(3)]],
        positions: [[hash, { block: 2 ** 40, index: -1 }]],
      });
      reopen();
      expect(store.root("a")).toBe(hashKey(Vector.of(3)));
      expect(store.root("b")).toBe(hashKey(Vector.of(2)));
      expect(store.meta("genesis")).toBe("0x12");
      expect(store.position(hash)).toEqual({ block: 2 ** 40, index: -1 });
    });

    test("loads only what is touched", () => {
      store.write({ roots: [["v", longVector(20_000)]] });
      reopen();
      const loaded = stored(store, "v") as Vector;
      const { heldBytes } = store;
      loaded.get(12_345);
      expect(store.heldBytes - heldBytes).toBeLessThan(20_000);
      expect(store.heldBytes).toBeGreaterThan(heldBytes);
      store.forget();
      expect(store.heldBytes).toBe(0);
    });

    test("gives one object for a hash until it is told to forget", () => {
      store.write({ roots: [["v", longVector(40)]] });
      store.forget();
      const first = stored(store, "v");
      expect(stored(store, "v")).toBe(first);
      store.forget();
      expect(stored(store, "v")).not.toBe(first);
    });

    test("remembers memory sizes", () => {
      const root = longVector(300);
      const size = statedMemorySize(root);
      store.write({ roots: [["v", root]] });
      reopen();
      expect(store.memorySize(hashKey(root))).toBe(size);
      expect((stored(store, "v") as Cell).memoryCache).toBe(size);
    });

    test("writes nothing when a cell is nowhere to be found", () => {
      const part = longVector(100);
      const broken = List.from([part, CVMString.of("x")]);
      const holed = Vector.of(broken, null);
      holed.fillSlot(1, new Ref(NOWHERE, store) as unknown as Value);
      expect(() => store.write({ roots: [["v", holed]], meta: [["m", "1"]] })).toThrow(
        MissingDataError,
      );
      expect(() => store.requireComplete(holed)).toThrow(MissingDataError);
      expect(store.root("v")).toBeNull();
      expect(store.meta("m")).toBeNull();
      expect(store.has(hashKey(part))).toBe(false);
      expect(part.storedIn).toBeNull();
      store.requireComplete(part);
      store.write({ roots: [["v", part]] });
      expectComplete(store, "v");
    });

    test("goes through so many bytes of what is not stored, and knows what is", () => {
      const [part, rest] = [longVector(100), longVector(120)];
      const whole = Vector.of(part, rest);
      const { bytes, memory } = store.requireComplete(whole, 1e6);
      expect(bytes).toBeGreaterThan(encodedLength(part));
      expect(memory).toBe(footprint(whole));
      expect(store.requireComplete(whole, memory)).toMatchObject({ bytes, memory });
      expect(() => store.requireComplete(whole, memory - 1)).toThrow(MissingDataError);
      store.write({ roots: [["v", longVector(120)]] });
      const other = Vector.of(longVector(100), rest);
      expect(store.requireComplete(other, memory - 1).memory).toBeLessThan(memory);
    });

    test("takes cells that come from elsewhere with it", () => {
      const part = longVector(100);
      const elsewhere = {
        cell: (hash: string) => (hash === hashKey(part) ? part : null),
        memorySize: () => -1,
      };
      const root = Vector.of(null, 7);
      root.fillSlot(0, new Ref(hashKey(part), elsewhere) as unknown as Value);
      store.write({ roots: [["v", root]] });
      store.forget();
      expectComplete(store, "v");
      expect(((stored(store, "v") as Vector).get(0) as Vector).count).toBe(100);
    });

    test("accepts a Ref of a message to what it holds", () => {
      const part = longVector(100);
      store.write({ roots: [["part", part]] });
      const message = decodeMultiCell(encoding(Vector.of(part)), CAD3_TABLE, store);
      store.write({ roots: [["message", message as Cell]] });
      reopen();
      expectComplete(store, "message");
    });

    test("knows cells as stored only when they are", () => {
      const root = longVector(40);
      store.write({ roots: [["v", root]] });
      expect(store.holdsCell(root)).toBe(true);
      const grown = root.append(1);
      expect(grown.storedIn).toBeNull();
      store.write({ roots: [["v", grown]] });
      expect(store.holdsCell(grown)).toBe(true);
      reopen();
      expect(store.holdsCell(stored(store, "v") as Cell)).toBe(true);
    });

    test(`survives ${NESTING} cells nested in each other`, () => {
      let deep: Value = CVMString.of("x".repeat(200));
      for (let i = 0; i < NESTING; i++)
        deep = List.from([deep, CVMString.of(`${i}`.padEnd(150, "."))]);
      store.write({ roots: [["deep", deep as Cell]] });
      store.forget();
      let value = stored(store, "deep");
      let depth = 0;
      while (value instanceof List) {
        value = value.get(0);
        depth++;
      }
      expect(depth).toBe(NESTING);
    });
  });
}
