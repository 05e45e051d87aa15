// Cells that came with messages, when there are more of them than are kept.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { encoding, hashKey } from "../../../src/data/encode.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { ReceivedCells } from "../../../src/peer/cells/received-cells.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";

const BYTES_MAX = 20_000;

test("a value that names the same cells from 2^60 places is gone through once", () => {
  const received = new ReceivedCells(memoryStore(CVM_TABLE), CVM_TABLE, BYTES_MAX);
  let made = 0;
  const blob = () => Blob.of(new Uint8Array(new BigUint64Array(32).fill(BigInt(made++)).buffer));
  // More than is kept, so that what comes behind it looks new.
  const many = Vector.from(Array.from({ length: BYTES_MAX / 100 }, blob));
  let value = Vector.of(blob());
  for (let level = 0; level < 60; level++) {
    const half = () => Vector.of(value, many, blob(), blob(), blob());
    value = Vector.of(half(), half(), blob(), blob(), blob());
  }
  received.keep(value);
  // The top comes first, and what is below it has pushed it out.
  expect(received.encodingOf(hashKey(value))).toBeNull();
});

test("a long message is kept in parts, not read, as far as there is room", () => {
  const received = new ReceivedCells(memoryStore(CVM_TABLE), CVM_TABLE, BYTES_MAX);
  const blobs = Array.from({ length: 16 }, (_, i) => Blob.of(new Uint8Array(2_000).fill(i)));
  const top = Vector.from(blobs);
  const message = encodeMultiCell(top);
  expect(received.keepParts(message)).toEqual(encoding(top).slice());
  const kept = blobs.filter((blob) => received.encodingOf(hashKey(blob)) !== null);
  expect(kept.length).toBe(Math.floor(BYTES_MAX / 2 / (2_000 + 3 + 200)));
  expect(hashKey(received.cell(hashKey(kept[0] as Blob)) as Blob)).toBe(hashKey(kept[0] as Blob));
  expect(received.keepParts(Uint8Array.fromHex("ff00"))).toBeNull();
  // What follows the first part that is none is not looked at.
  const cut = message.slice(0, encoding(top).length + 2_100);
  expect(received.keepParts(cut)).toEqual(encoding(top).slice());
});
