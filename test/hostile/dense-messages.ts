// Messages of cells as small as there are: two bytes each, which take a hundred times that once
// they are read.

import type { Value } from "../../src/data/cell.ts";
import { MAX_EMBEDDED_LENGTH } from "../../src/data/cell.ts";
import { encodedLength, encoding } from "../../src/data/encode.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { List } from "../../src/data/list.ts";
import { CVMSet } from "../../src/data/set.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { TAG } from "../../src/data/tag.ts";
import { Vector } from "../../src/data/vector.ts";
import { Writer } from "../../src/data/writer.ts";
import { BELIEF_TAG } from "../../src/net/message.ts";

const ID = [0x11, 1];
const ABSENT = [TAG.REF, ...new Array<number>(32).fill(7)];
const name = (text: string) => [...encoding(Keyword.of(text))];

/** The beginnings of messages of all kinds that are read. */
const TOPS: readonly (readonly number[])[] = [
  [TAG.VECTOR, 2, ...name("DR"), ...ID],
  [TAG.VECTOR, 3, ...name("CH"), ...ID, TAG.NIL],
  [TAG.VECTOR, 3, ...name("TX"), ...ID, TAG.NIL],
  [TAG.VECTOR, 4, ...name("Q"), ...ID, TAG.NIL, TAG.NIL],
  [TAG.VECTOR, 2, ...name("ANY"), ...ID],
  [BELIEF_TAG, 1, ...ABSENT],
  [TAG.SIGNED, ...new Array<number>(96).fill(3), ...ABSENT],
];

/** A Belief of at most so many bytes, of which something is missing. */
export function denseBelief(bytes: number): Uint8Array {
  return denseMessage([BELIEF_TAG, 1, ...ABSENT], bytes);
}

/** One of each kind, as payloads of some so many bytes. */
export function denseMessages(bytes: number): Uint8Array[] {
  return TOPS.map((top) => denseMessage(top, bytes));
}

/** The same of Sets in Sets, one element each or two. */
export function nestedSetMessages(bytes: number): Uint8Array[] {
  const cells = [(i: number) => nestedSets(CVMSet.of(i)), (i: number) => nestedSets(i, null)];
  return cells.flatMap((cell) => TOPS.map((top) => denseMessage(top, bytes, cell)));
}

function denseMessage(top: readonly number[], bytes: number, cellOf = denseCell): Uint8Array {
  const w = new Writer(bytes);
  w.write(Uint8Array.from(top));
  for (let i = 0; w.pos < bytes - 2 * MAX_EMBEDDED_LENGTH; i++) {
    const cell = cellOf(i);
    w.vlq(cell.length);
    w.write(cell);
  }
  return w.take(0);
}

/** Code of some 130 bytes a cell that comes to 1. */
export function denseForm(cells: number): List {
  let lists = List.of();
  while (encodedLength(lists) < MAX_EMBEDDED_LENGTH - 12) lists = List.of(lists);
  const vector = Vector.from(Array.from({ length: cells }, (_, i) => Vector.of(i, lists)));
  return List.of(CVMSymbol.of("do"), List.of(CVMSymbol.of("quote"), vector), 1);
}

/** `[#{#{…} …} #{#{…} …}]`: Sets around a value, each with the others beside what it holds. */
function nestedSets(innermost: Value, ...others: Value[]): Uint8Array {
  let sets: Value = innermost;
  while (encodedLength(sets) < MAX_EMBEDDED_LENGTH - 12) sets = CVMSet.of(sets, ...others);
  return encoding(Vector.of(sets, sets));
}

/** `[i (((((…)))))]`. */
function denseCell(i: number): Uint8Array {
  const number = [0x14, 1, (i >> 16) & 0xff, (i >> 8) & 0xff, i & 0xff];
  const nested: number[] = [];
  while (nested.length < MAX_EMBEDDED_LENGTH - 2) nested.push(TAG.LIST, 1);
  return Uint8Array.from([TAG.VECTOR, 2, ...number, ...nested, TAG.NIL]);
}
