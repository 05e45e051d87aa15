import { describe, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { bytesOfKey } from "../../src/crypto/sha3.ts";
import { Blob, BlobTree, FlatBlob } from "../../src/data/blob.ts";
import { JoinedBytes } from "../../src/data/blob-damaged.ts";
import { childCount, childSize } from "../../src/data/blob-shape.ts";
import { encodedLength, encoding, hashKey, isEmbedded } from "../../src/data/encode.ts";
import { BadStructureError } from "../../src/data/errors.ts";
import { WorkLimitError, withWorkLimit } from "../../src/data/free-work.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";

const hashHex = (v: Blob) => toHex(bytesOfKey(hashKey(v)));

/** Sheet 01 §22.2; length of the encoding, hash, memory size, embedded. */
const ZEROS = [
  [137, 140, "6ad34ceda14e0da42eba8b6c30d3dff0fbdf205fbeb7f0f54984e8bf03cbecfc", 0, true],
  [138, 141, "4ba956d5c84485313a9341f6fdd3077e5d9c73e3617fab3cb1b7068e3f1a3802", 205, false],
  [4096, 4099, "0768fd81bfdd72c9dab82de2222398e733dc165c52b57c75551e5d13aee22e57", 4163, false],
  [4097, 39, "9f6e5b3f3ea48072fbaa0a7fcd6fb084ac3e3297ccca339081eeff381d836df3", 4163, true],
  [8192, 69, "bdfa827b8d94be0d9f0f447430e8854176d1036d2a521a98fd4165d20eabb741", 8326, true],
  [65536, 532, "9758b86d3d2947c4812837a648f616612b3e6f20d0ccd098f753a7ba8e9e011c", 67204, false],
  [65537, 40, "62135afef60c3a3c4e8418a2e25001448f84993f2d1b56d0cb931c7a8cf35abc", 67204, true],
  [69632, 70, "e6173a26f0027db0885aec6b557f086dc8efeb16e6329e747c323246fc962ae0", 71367, true],
  [1048577, 40, "a6279a43d6e01f670969b56ef10e070cb0fe4502f76c96e91dcddc45a8f1939b", 1075860, true],
] as const;

for (const [n, length, hash, memory, embedded] of ZEROS) {
  test(`${n} zero bytes`, () => {
    const blob = Blob.of(new Uint8Array(n));
    expect(blob.count).toBe(n);
    // Measured before anything is encoded or hashed.
    expect(encodedLength(blob)).toBe(length);
    expect(encoding(blob).length).toBe(length);
    expect(hashHex(blob)).toBe(hash);
    expect(memorySize(blob)).toBe(memory);
    expect(isEmbedded(blob)).toBe(embedded);
  });
}

test("a long string shares the tree of its blob", () => {
  const string = CVMString.of("a".repeat(4097));
  expect(toHex(encoding(string))).toBe(
    "30a00120897ef1483ade061feeacfa99f4379fdb223a6da905f9595b2fe3e3cb06317f87310161",
  );
  expect(memorySize(string)).toBe(4163);
  expect(string.toString()).toBe("a".repeat(4097));
});

test("children of a tree are as large as a power of 16 chunks", () => {
  expect([4097, 65536, 65537, 1048576, 1048577].map(childSize)).toEqual([
    4096, 4096, 65536, 65536, 1048576,
  ]);
  expect([4097, 65536, 65537, 1048576, 1048577].map(childCount)).toEqual([2, 16, 2, 16, 2]);
  expect(childSize(2n ** 63n - 1n)).toBe(2 ** 60);
  expect(childCount(2n ** 63n - 1n)).toBe(8);
  expect(childSize(2n ** 60n)).toBe(2 ** 56);
  expect(childSize(2n ** 60n + 1n)).toBe(2 ** 60);
  expect(childCount(2n ** 60n + 1n)).toBe(2);
});

describe("contents", () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
  const blob = Blob.of(bytes.slice());

  test("a tree gives back its bytes, and refuses positions outside", () => {
    expect(blob).toBeInstanceOf(BlobTree);
    expect(Buffer.compare(blob.toBytes(), bytes)).toBe(0);
    for (const i of [0, 4095, 4096, 65535, 65536, 69_999]) {
      expect(blob.byteAt(i)).toBe(bytes[i] as number);
    }
    expect(() => blob.byteAt(70_000)).toThrow(RangeError);
    expect(() => blob.byteAt(-1)).toThrow(RangeError);
  });

  test("slices are canonical", () => {
    for (const [start, end] of [
      [0, 70_000],
      [0, 0],
      [10, 20],
      [4000, 5000],
      [1, 65_537],
      [65_536, 70_000],
    ] as const) {
      expect(hashKey(blob.slice(start, end))).toBe(hashKey(Blob.of(bytes.slice(start, end))));
    }
    expect(blob.slice(0, 70_000)).toBe(blob);
    expect(() => blob.slice(5, 70_001)).toThrow(RangeError);
  });

  test("longValue is the signed value of the last 8 bytes", () => {
    expect(Blob.fromHex("ff")?.longValue()).toBe(-1);
    expect(Blob.fromHex("00ff")?.longValue()).toBe(255);
    expect(Blob.fromHex("01ffffffffffffffff")?.longValue()).toBe(-1);
    expect(FlatBlob.EMPTY.longValue()).toBe(0);
  });
});

test("a tree of 2^62 bytes that names one child again and again", () => {
  let blob: Blob = Blob.of(new Uint8Array(4096).fill(7));
  for (let size = 2 ** 16; size <= 2 ** 60; size *= 16) {
    const count = size > Number.MAX_SAFE_INTEGER ? BigInt(size) : size;
    blob = new BlobTree(count, new Array(16).fill(blob));
  }
  const huge = new BlobTree(2n ** 62n + 1n, [blob, blob, blob, blob, Blob.fromHex("09")] as Blob[]);
  expect(huge.byteAt(2n ** 62n - 1n)).toBe(7);
  expect(huge.byteAt(2n ** 62n)).toBe(9);
  expect(() => huge.byteAt(2n ** 62n + 1n)).toThrow(RangeError);
  expect(toHex(huge.slice(2n ** 62n - 2n, 2n ** 62n + 1n).toBytes())).toBe("070709");
  expect(huge.slice(2n ** 60n, 2n ** 61n)).toBe(blob);
  expect(huge.slice(0, 2n ** 61n).countInteger).toBe(2n ** 61n);
  expect(huge.longValue()).toBe(0x0707070707070709n);
  expect(() => huge.slice(1, 2n ** 61n)).toThrow(WorkLimitError);
  expect(() => huge.toBytes()).toThrow(WorkLimitError);
});

describe("trees that are no trees", () => {
  const full = new FlatBlob(new Uint8Array(4096));

  test("a child that is no blob, or too short, is found on use", () => {
    for (const last of [1, CVMString.of("a"), FlatBlob.EMPTY, null]) {
      const tree = new BlobTree(4097, [full, last]);
      expect(tree.isSound).toBe(false);
      expect(tree.byteAt(0)).toBe(0);
      expect(() => tree.byteAt(4096)).toThrow(BadStructureError);
      expect(() => tree.bytesByPosition()).toThrow(BadStructureError);
    }
  });

  test("all bytes of a damaged tree are those of its leaves, then zeros", () => {
    const short = new BlobTree(4100, [
      new FlatBlob(Uint8Array.of(1)),
      new FlatBlob(Uint8Array.of(2)),
    ]);
    expect([...short.content()]).toEqual([1, 2]);
    expect([...short.toBytes().slice(0, 4)]).toEqual([1, 2, 0, 0]);
    expect(short.toBytes().length).toBe(4100);
    const long = new BlobTree(4097, [full, full]);
    expect(long.content().length).toBe(8192);
    expect(() => long.toBytes()).toThrow(BadStructureError);
    expect(long.bytesByPosition().length).toBe(4097);
  });

  test("leaves without end are work without juice", () => {
    let blob: Blob = FlatBlob.EMPTY;
    for (let i = 0; i < 14; i++) blob = new BlobTree(65536, new Array(16).fill(blob));
    expect(() => withWorkLimit(1e6, () => blob.content())).toThrow(WorkLimitError);
    expect(() => withWorkLimit(1e6, () => blob.toBytes())).toThrow(WorkLimitError);
    expect(() => withWorkLimit(1e6, () => new JoinedBytes().add(blob))).toThrow();
  });

  test("nothing is allocated for a length that is only declared", () => {
    const tree = new BlobTree(2 ** 31 - 1, [1, 1, 1, 1, 1, 1, 1, 1]);
    expect(() => tree.toBytes()).toThrow(BadStructureError);
    expect(() => new BlobTree(2n ** 63n - 1n, []).toBytes()).toThrow(WorkLimitError);
  });
});
