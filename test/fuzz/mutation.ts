// Damage to bytes: what a broken disk does, and what an attacker does who knows the format.

import type { CaseRandom } from "./random.ts";

/** Counts that no message can hold, as VLQ counts and as lengths of big integers. */
const HUGE_COUNTS: readonly string[] = [
  "8f00",
  "ff7f",
  "87ffffff7f",
  "83ffffffffffffff7f",
  "80ffffffffffffffff7f",
  "ffffffffffffffffff7f",
];
const HUGE = HUGE_COUNTS.map((hex) => new Uint8Array(Buffer.from(hex, "hex")));
/** First bytes of cells (sheet 01 §2). */
const TAGS = [
  0x00, 0x10, 0x11, 0x18, 0x19, 0x1d, 0x20, 0x30, 0x31, 0x32, 0x33, 0x3c, 0x3f, 0x80, 0x81, 0x82,
  0x83, 0x84, 0x88, 0x90, 0x91, 0xa0, 0xa5, 0xb0, 0xb1, 0xba, 0xc0, 0xc1, 0xd0, 0xd5, 0xdd, 0xe0,
  0xea, 0xed, 0xee, 0xff,
];
const MOST_MUTATIONS = 4;

function spliced(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const end = Math.min(bytes.length, at + removed);
  const out = new Uint8Array(bytes.length - (end - at) + added.length);
  out.set(bytes.subarray(0, at));
  out.set(added, at);
  out.set(bytes.subarray(end), at + added.length);
  return out;
}

function mutatedOnce(bytes: Uint8Array, random: CaseRandom): Uint8Array {
  const at = random.below(bytes.length + 1);
  switch (random.below(8)) {
    case 0:
      return spliced(bytes, at, 1, random.bytes(1));
    case 1:
      return spliced(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
    case 2:
      return spliced(bytes, at, 1, Uint8Array.of(random.pick(TAGS)));
    case 3:
      return spliced(bytes, at, random.below(3), random.pick(HUGE));
    case 4:
      return bytes.slice(0, at);
    case 5:
      return spliced(bytes, at, 0, random.bytes(1 + random.length(40)));
    case 6: {
      const from = random.below(bytes.length + 1);
      const copy = bytes.slice(from, from + random.length(80));
      return spliced(bytes, at, random.oneIn(2) ? copy.length : 0, copy);
    }
    default: {
      const next = Uint8Array.of(bytes[at + 1] ?? 0, bytes[at] ?? 0);
      return spliced(bytes, at, 2, next);
    }
  }
}

/** A copy with up to four faults in it. */
export function mutated(bytes: Uint8Array, random: CaseRandom): Uint8Array {
  let out = bytes;
  const times = 1 + random.below(MOST_MUTATIONS);
  for (let i = 0; i < times; i++) out = mutatedOnce(out, random);
  return out;
}

/** Bytes that follow the grammar of cells, without regard to any of its rules. */
export function shapedBytes(random: CaseRandom, depth = 6): Uint8Array {
  const tag = random.pick(TAGS);
  const parts: Uint8Array[] = [Uint8Array.of(tag)];
  if (random.oneIn(3)) parts.push(random.oneIn(8) ? random.pick(HUGE) : random.bytes(1));
  const children = depth === 0 ? 0 : random.below(4);
  for (let i = 0; i < children; i++) parts.push(shapedBytes(random, depth - 1));
  if (random.oneIn(4)) parts.push(random.bytes(random.pick([1, 2, 8, 32, 64])));
  return new Uint8Array(Buffer.concat(parts));
}

/** One pattern many times over: deep nesting, long rows of the same. */
export function repeatedBytes(random: CaseRandom, maxBytes: number): Uint8Array {
  const pattern = random.oneIn(3) ? shapedBytes(random, 1) : random.bytes(1 + random.below(6));
  const tagged = random.oneIn(2)
    ? spliced(pattern, 0, 1, Uint8Array.of(random.pick(TAGS)))
    : pattern;
  const times = 1 + Math.floor(random.length(maxBytes) / tagged.length);
  const row = new Uint8Array(tagged.length * times);
  for (let i = 0; i < times; i++) row.set(tagged, i * tagged.length);
  return row.subarray(0, maxBytes);
}
