// T39: of a Blob that was a number the print limit may leave half a byte. Values of the reference.

import { expect, test } from "bun:test";
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

test.each(ROWS)("half a byte of %s", (blob, digits) => {
  expect(digitsOf(blob, 5)).toBe(digits);
  expect(digitsOf(blob, 4)).toBe(`${digits.slice(0, 5)}"`);
});
