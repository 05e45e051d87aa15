// What `signum` sees of a big Integer's past (sheet 02 T9). The reference keeps a big Integer as
// the bytes that it was read from until something computes with it, and gives 0 for the sign of
// bytes that begin with 0x00. So its result depends on what an object went through. An Integer here
// has no identity, so our rule is about values, within one block: a big Integer is kept as bytes,
// unless it was computed in this block, or computed with, or stood in a form that was read from
// text here; `int` of a blob makes it bytes again. What came with the transaction, and what the
// State held before the block, are bytes, as for a peer that has just decoded them.
//
// (signum (int 0x008000000000000000)) is 0, and (let [x (int 0x008000000000000000)] (> x 0) (signum
// x)) is 1.

import { isBranch } from "../../data/branches.ts";
import { Cell, Ref, type Slot, type Value } from "../../data/cell.ts";
import { slotHashKey } from "../../data/encode.ts";
import { beginsWithZeroByte, integerLength } from "../../data/integer.ts";
import { BlockValue } from "../../data/run-memory.ts";

/**
 * Bytes of the Integers about which something is noted, in a transaction and in a block; no more
 * are.
 */
export const INTEGER_HISTORY_BYTES = 2 ** 24;

/** Whether Integers are kept as bytes, for those to which something has happened. */
class Notes {
  readonly #isBytes = new Map<bigint, boolean>();
  #left = INTEGER_HISTORY_BYTES;

  get(value: bigint): boolean | undefined {
    return this.#isBytes.get(value);
  }

  set(value: bigint, isBytes: boolean): void {
    const known = this.#isBytes.get(value);
    if (known === isBytes) return;
    if (known === undefined) {
      this.#left -= integerLength(value);
      if (this.#left < 0) return;
    }
    this.#isBytes.set(value, isBytes);
  }
}

/** What was noted by all transactions of a block so far. */
const notesOfBlocks = new BlockValue(() => new Notes());

/**
 * What has happened to big Integers in one transaction. What the transactions before it in the
 * block have noted counts too, except for Integers that came with this one.
 */
export class IntegerHistory {
  readonly #notes = new Notes();
  /** The form that runs, if it was read from text; undefined if it was decoded. */
  readonly #form: Value | undefined;
  /** What came with the transaction. */
  readonly #sent: Value | undefined;
  #formIntegers: ReadonlySet<bigint> | null = null;
  #sentIntegers: ReadonlySet<bigint> | null = null;

  constructor(readForm: Value | undefined, sent?: Value) {
    this.#form = readForm;
    this.#sent = sent;
  }

  /** Notes that an Integer was computed, or computed with: it is no longer bytes. */
  compute(value: bigint): void {
    if (beginsWithZeroByte(value)) this.#note(value, false);
  }

  /** Notes that an Integer was made of the bytes of a blob: it is bytes again. */
  make(value: bigint): void {
    if (beginsWithZeroByte(value)) this.#note(value, true);
  }

  /** Whether the reference would take the sign from the bytes, and find 0. */
  hasZeroSign(value: bigint): boolean {
    if (!beginsWithZeroByte(value)) return false;
    const known = this.#notes.get(value);
    if (known !== undefined) return known;
    const before = notesOfBlocks.current?.get(value);
    if (before !== undefined && !this.#wasSent(value)) return before;
    if (this.#form === undefined) return true;
    this.#formIntegers ??= bigIntegersIn(this.#form);
    return !this.#formIntegers.has(value);
  }

  #wasSent(value: bigint): boolean {
    if (this.#sent === undefined) return false;
    this.#sentIntegers ??= bigIntegersIn(this.#sent);
    return this.#sentIntegers.has(value);
  }

  #note(value: bigint, isBytes: boolean): void {
    this.#notes.set(value, isBytes);
    notesOfBlocks.current?.set(value, isBytes);
  }
}

/** Each branch is gone through once, however often others name it. */
function bigIntegersIn(form: Value): ReadonlySet<bigint> {
  const found = new Set<bigint>();
  const seen = new Set<string>();
  const open: Slot[] = [form];
  while (open.length > 0) {
    const slot = open.pop() as Slot;
    if (isBranch(slot)) {
      const key = slotHashKey(slot);
      if (seen.has(key)) continue;
      seen.add(key);
    }
    const value = slot instanceof Ref ? slot.load() : slot;
    if (typeof value === "bigint") found.add(value);
    if (!(value instanceof Cell)) continue;
    for (let i = 0; i < value.slotCount; i++) open.push(value.slotAt(i));
  }
  return found;
}
