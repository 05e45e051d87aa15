// Entries of leaves of maps and Sets are put in order by the hash of the bytes that were read: it
// has to be that of the value, and to read them may not take work that grows with their depth.

import { expect, test } from "bun:test";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Cell, MAX_EMBEDDED_LENGTH, type Value } from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { encodedLength, encoding, hashKey } from "../../src/data/encode.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { HashTrie, leafHashes } from "../../src/data/hash-trie.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSet } from "../../src/data/set.ts";
import { TAG } from "../../src/data/tag.ts";
import { bytesOf, fixtureRows } from "./fixture-rows.ts";

/** Beside an entry: short, and has another hash than any of them. */
const OTHER = [0x12, 0x7f, 0x01];
const OTHER_HASH = sha3Key(Uint8Array.from(OTHER));

/** Encodings of values that may stand in others, hand-made ones among them. */
function embeddable(): Uint8Array[] {
  const written = fixtureRows<{ encoding: string }>("values").map((row) => row.encoding);
  const accepted = fixtureRows<{ message: string; accept: boolean }>("mutants")
    .filter(({ accept }) => accept)
    .map(({ message }) => message);
  return [...written, ...accepted]
    .map(bytesOf)
    .filter(({ length }) => length > 0 && length <= MAX_EMBEDDED_LENGTH);
}

/** The bytes of a leaf of an entry and OTHER, in order of hash; each once, or as key and value. */
function leafOf(tag: number, bytes: Uint8Array): Uint8Array {
  const entries = [[...bytes], OTHER];
  if (sha3Key(bytes) > OTHER_HASH) entries.reverse();
  const slots = tag === TAG.MAP ? entries.flatMap((entry) => [entry, [TAG.NIL]]) : entries;
  return Uint8Array.from([tag, entries.length, ...slots.flat()]);
}

function readLeaf(bytes: Uint8Array): HashTrie | null {
  try {
    return decode(bytes, CVM_TABLE, { cell: () => null, memorySize: () => -1 }) as HashTrie;
  } catch (error) {
    // A message of its own accepts some values that no other one may hold.
    if (error instanceof BadFormatError) return null;
    throw error;
  }
}

for (const [kind, tag] of [
  ["Set", TAG.SET],
  ["map", TAG.MAP],
] as const) {
  test(`entries of a ${kind} have the hash of what they are written as`, () => {
    let read = 0;
    for (const bytes of embeddable()) {
      const leaf = readLeaf(leafOf(tag, bytes));
      if (leaf === null) continue;
      const entry = leaf.slotAt(sha3Key(bytes) > OTHER_HASH ? leaf.stride : 0) as Value;
      if (entry instanceof Cell) {
        expect(entry.hashCache).toBe(sha3Key(bytes));
        entry.encodingCache = null;
      }
      expect(sha3Key(encoding(entry))).toBe(sha3Key(bytes));
      expect(leafHashes(leaf)).toContain(hashKey(entry));
      read++;
    }
    expect(read).toBeGreaterThan(200);
  });
}

/** As deep as an embedded cell can be. @param inner a value that holds another one */
function nested(inner: (value: Value) => Value): Value {
  for (let value: Value = 1; ; ) {
    const outer = inner(value);
    if (encodedLength(outer) > MAX_EMBEDDED_LENGTH) return value;
    value = outer;
  }
}

/** How often a leaf, or a tree, was written meanwhile. */
function writesDuring(body: () => void): number {
  let writes = 0;
  const { writeTo } = HashTrie.prototype;
  HashTrie.prototype.writeTo = function counted(this: HashTrie, w) {
    writes++;
    writeTo.call(this, w);
  };
  try {
    body();
  } finally {
    HashTrie.prototype.writeTo = writeTo;
  }
  return writes;
}

test("what is read into Sets and maps is not written once more", () => {
  const values = [
    nested((value) => CVMSet.of(value)),
    nested((value) => CVMSet.of(value, null)),
    nested((value) => CVMMap.EMPTY.assoc(value, null)),
    nested((value) => CVMMap.EMPTY.assoc(value, null).assoc(1, null)),
  ];
  for (const bytes of values.map(encoding)) {
    expect(writesDuring(() => decode(bytes, CVM_TABLE))).toBe(0);
  }
});

test("an entry alone is not hashed before it is looked for", () => {
  const set = decode(encoding(CVMSet.of(CVMSet.of(1))), CVM_TABLE) as CVMSet;
  expect(set.hashes).toBeNull();
  expect(set.has(CVMSet.of(1))).toBe(true);
  expect(leafHashes(set)).toEqual([hashKey(CVMSet.of(1))]);
});
