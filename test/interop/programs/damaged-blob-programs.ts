// Calls with a long Blob or String that nothing makes but a hand: a transaction may hold any that
// decodes (sheet 01 §14), with chunks of another length or type, in another order, and with another
// count.

import { Blob, BlobTree } from "../../../src/data/blob.ts";
import { CHUNK_LENGTH, childCount } from "../../../src/data/blob-shape.ts";
import type { Integer, Value } from "../../../src/data/cell.ts";
import { integer } from "../../../src/data/integer.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMString } from "../../../src/data/string.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import {
  type Call,
  calledOnce,
  callsOf,
  damagedParts,
  type Parts,
  quoted,
} from "./damaged-calls.ts";

/** What is done with it: as in damaged-vector-programs.ts; `v` is short. */
const CALLS = callsOf(
  "%|(count %)|(empty? %)|(empty %)|(first %)|(second %)|(last %)|(nth % k)|(nth % k)|(nth % k)|(slice % k)|(slice % 0 k)|(slice % k k)|" +
    "(slice % 1 5)|(slice % 4096)|(slice % 0 4096)|(slice % 100 4200)|(hash %)|(hash (encoding %))|(keccak256 %)|(sha256 %)|(blob %)|(str %)|(print %)|" +
    "(str % $)|(str v %)|(str % v)|(str [%])|(long %)|(int %)|(char %)|(byte %)|(double %)|(boolean %)|(address %)|(symbol %)|(keyword %)|(name %)|" +
    "(= % $)|(= % %)|(compare % $)|(< % $)|(hash-map % 1)|(hash-set % $)|(hash-map % 1 $ 2)|(get {% 1} $)|(index % 1)|(assoc (index) % 1)|" +
    "(assoc (index % 1) $ 2)|(get (index v 1) %)|(get (index % 1) $)|(contains-key? (index % 1) $)|(dissoc (index % 1) $)|(blob? %)|(str? %)|(countable? %)|" +
    "(def q %)|(do (def q %) (count q))|(log %)|(eval %)|(compile %)|(expand %)|[%%]|(set-holding #13 %)|(vec (slice % 4090 4100))|(into [] (slice % 4090 4100))|" +
    "(split % \\a)|(split % \\,)|(join [% $] \\,)|(join [% v] \\,)|(encoding %)|(bit-and % $)|(apply str [% $])|(syntax %)|(set-key %)|(set-peer-data % {})|" +
    "(set-stake % 1)|(fail :X %)|(return %)|(create-account %)|(hash (slice % 0 5000))|(encoding (slice % 0 5000))|(encoding (slice % 1))|(count (slice % 1 k))|" +
    "(schedule* (+ *timestamp* 1000) %%)|(deploy %)|(call #13 (% 1))|(1 %)|(query %)|(get % 0)|(conj % 1)|(concat % [1])|(vec %)|(set %)|(reverse %)|(next %)|" +
    "(map (fn [x] x) %)|(reduce (fn [a e] e) 0 %)|(nth (slice % 4000 8200) k)|(slice (slice % 1) k)|(encoding (str % v))|(encoding (str v %))|(nil? %)|" +
    "(lookup %)|(undef %)|(defined? %)|(callable? #13 %)|(transfer % 1)|(evict-peer %)|(expand (quasiquote ~%))|(hash (blob %))|(slice (blob %) k)|(nth (blob %) k)|(str (blob %))|" +
    "(blob (slice % 0 8))|(long (slice % 4096))|(= (blob %) (blob $))|(keyword (slice % 0 10))|(symbol (slice % 4094 4100))|(print [%])|(print (blob %))",
);

const POSITIONS = [
  -1, 0, 1, 4, 4095, 4096, 4097, 4100, 5000, 8191, 8192, 8200, 12288, 65535, 65536, 70000,
];
const LENGTHS = [
  4097, 4100, 5000, 8191, 8192, 8193, 12288, 12300, 16384, 65536, 65537, 69700, 70000,
];
const SHORT = [0, 1, 3, 8, 100, 200, 4095, 4096];

function soundBlob(random: CaseRandom): Blob {
  const length = random.pick(random.oneIn(3) ? LENGTHS : LENGTHS.slice(0, 8));
  return Blob.of(bytesOf(random, length));
}

/** Mostly the same bytes, so that messages stay small and chunks are alike. */
function bytesOf(random: CaseRandom, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(random.pick([97, 98, 44, 0, 255]));
  if (length > 0 && random.oneIn(2)) bytes[random.below(length)] = 44;
  return bytes;
}

function oddPart(random: CaseRandom): Value {
  if (random.oneIn(4)) {
    return random.pick<Value>([
      7,
      true,
      CVMMap.EMPTY,
      Vector.of(1),
      CVMString.of("abc"),
      new CVMString(Blob.of(bytesOf(random, 4096))),
      CVMSymbol.of("x"),
    ]);
  }
  if (random.oneIn(3)) return damaged(random, soundBlob(random));
  return random.oneIn(3) ? soundBlob(random) : Blob.of(bytesOf(random, random.pick(SHORT)));
}

function otherCount(random: CaseRandom, { countInteger, slots }: BlobTree): Integer {
  const step = random.pick([1, -1, 2, 100, -100, CHUNK_LENGTH, -CHUNK_LENGTH]);
  const found = random.oneIn(5)
    ? integer(random.pick([2n ** 31n, 2n ** 32n, 2n ** 40n, 2n ** 60n, 2n ** 63n - 1n]))
    : random.oneIn(4)
      ? integer(BigInt(countInteger) * 16n)
      : integer(BigInt(countInteger) + BigInt(step));
  return found > CHUNK_LENGTH && childCount(found) === slots.length ? found : countInteger;
}

/** A Blob of which something is not as it should be, in the first cell or further down. */
function damaged(random: CaseRandom, blob: Blob): Blob {
  if (!(blob instanceof BlobTree)) return blob;
  const count = random.oneIn(3) ? otherCount(random, blob) : blob.countInteger;
  const slots = damagedParts(random, blob.slots, oddPart, (child) =>
    child instanceof BlobTree ? damaged(random, child) : child,
  );
  return new BlobTree(count, slots);
}

/** One call with a damaged Blob or String, and sometimes another. */
export function damagedBlobCall(random: CaseRandom, index: number): Call {
  const make = (): Value => {
    let made = soundBlob(random);
    for (let n = 1 + random.below(2); n > 0; n--) made = damaged(random, made);
    return random.oneIn(2) ? new CVMString(made) : made;
  };
  const it = make();
  const other = make();
  const parts: Parts = {
    "%": () => quoted(it),
    "%%": () => it,
    $: () => quoted(random.oneIn(3) ? it : other),
    v: () =>
      quoted(random.oneIn(2) ? CVMString.of("ab") : Blob.of(bytesOf(random, random.pick(SHORT)))),
    k: () => random.pick(POSITIONS),
  };
  return { form: CALLS[index % CALLS.length] as Value, parts };
}

export function damagedBlobTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(damagedBlobCall(random, index), genesis);
}
