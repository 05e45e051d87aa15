// T39: of a Blob that was a number the print limit may leave half a byte. Values of the reference.

import { expect, test } from "bun:test";
import { expectUnhashed } from "../../../src/data/noted-hash.ts";
import { run } from "../small-state.ts";

/** What `str` leaves of a Blob behind a string that leaves room for this many digits of it. */
function digitsOf(blob: string, room: number): string {
  const doubled = '(reduce (fn [s _] (str s s)) "aaaaaaaaaaaaaaaa" [1 2 3 4 5 6 7 8 9 10 11 12])';
  const text = `(str [(slice ${doubled} 0 ${65536 - 6 - room}) ${blob}])`;
  return run(`(let [t ${text}] (slice t ${65536 - room} (- (count t) 24)))`);
}

const ROWS: readonly (readonly [blob: string, digits: string])[] = [
  ["(blob #12)", '"00000"'],
  ["(blob 9223372036854775807)", '"7ffff"'],
  ["(blob -9223372036854775807)", '"80000"'],
  ["(blob 72057594037927935)", '"00fff"'],
  ["(blob (blob #12))", '"00000"'],
  ["0x000000000000000c", '"0000"'],
  ["(blob 0x000000000000000c)", '"0000"'],
  ["(slice (blob #12) 0)", '"0000"'],
  ["(slice #12 0 8)", '"0000"'],
  ["(blob 72057594037927934000)", '"03e7"'],
];

const many = Array.from({ length: 20 }, (_, i) => `${i} ${i}`).join(" ");

/** Maps and definitions keep the former of two equal values, whatever this process has decoded. */
const KEPT: readonly (readonly [blob: string, digits: string])[] = [
  ["(get (assoc {1 0x000000000000000c} 1 (blob #12)) 1)", '"0000"'],
  ["(get (assoc {1 (blob #12)} 1 0x000000000000000c) 1)", '"00000"'],
  ["(first (get (assoc {1 [0x000000000000000c]} 1 [(blob #12)]) 1))", '"0000"'],
  [`(get (assoc {nil 0x000000000000000c ${many}} nil (blob #12)) nil)`, '"0000"'],
  ["(get (conj {1 0x000000000000000c} [1 (blob #12)]) 1)", '"0000"'],
  ["(get (merge {1 0x000000000000000c} {1 (blob #12)}) 1)", '"0000"'],
  ["(do (def x 0x000000000000000c) (def x (blob #12)) x)", '"0000"'],
  [
    `(do (def x {nil 0x000000000000000c ${many}}) (def x {nil (blob #12) ${many}}) (get x nil))`,
    '"0000"',
  ],
];

test.each(KEPT)("what stays of %s", (blob, digits) => {
  const before = digitsOf(blob, 5);
  expectUnhashed();
  expect([before, digitsOf(blob, 5)]).toEqual([digits, digits]);
});

test.each(ROWS)("half a byte of %s", (blob, digits) => {
  expect(digitsOf(blob, 5)).toBe(digits);
  expect(digitsOf(blob, 4)).toBe(`${digits.slice(0, 5)}"`);
});
