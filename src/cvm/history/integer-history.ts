// What `signum` sees of a big Integer's past (sheet 02 T9). The reference keeps a big Integer as
// the bytes that it was read from until something computes with it, and gives 0 for the sign of
// bytes that begin with 0x00. So its answer depends on the history of an object. An Integer here is
// a value without identity, and the rule is about values, within one block: one counts as bytes
// unless it was computed in this block, or computed with, or stood in a form that was read from
// text here; `int` of a blob makes bytes of it again. What came with the transaction and what the
// State held before the block are bytes, as they are for a peer that has just decoded them.
//
// (signum (int 0x008000000000000000)) is 0, and
// (let [x (int 0x008000000000000000)] (> x 0) (signum x)) is 1.

import { Cell, resolveSlot, type Value } from "../../data/cell.ts";
import { beginsWithZeroByte, integerLength } from "../../data/integer.ts";
import { BlockValue } from "../../data/run-memory.ts";

/**
 * Bytes of the Integers that are remembered in a transaction, and in a block; those beyond stay
 * what they are.
 */
export const INTEGER_HISTORY_BYTES = 2 ** 24;

/** Whether Integers are bytes, for those that something happened to. */
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

/** What the transactions of a block have noted. */
const notesOfBlocks = new BlockValue(() => new Notes());

/**
 * What one transaction has made of big Integers. What those before it in the block have noted
 * counts too, but for what came with this one.
 */
export class IntegerHistory {
  readonly #notes = new Notes();
  /** A form that was read from text; undefined when what runs was decoded. */
  readonly #form: Value | undefined;
  /** What came with the transaction. */
  readonly #sent: Value | undefined;
  #formIntegers: ReadonlySet<bigint> | null = null;
  #sentIntegers: ReadonlySet<bigint> | null = null;

  constructor(readForm: Value | undefined, sent?: Value) {
    this.#form = readForm;
    this.#sent = sent;
  }

  /** Notes that an Integer was computed, or computed with. */
  compute(value: bigint): void {
    if (beginsWithZeroByte(value)) this.#note(value, false);
  }

  /** Notes that an Integer was made of the bytes of a blob. */
  make(value: bigint): void {
    if (beginsWithZeroByte(value)) this.#note(value, true);
  }

  /** Whether the reference would look at the first byte for the sign, and find a 0. */
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

function bigIntegersIn(form: Value): ReadonlySet<bigint> {
  const found = new Set<bigint>();
  const open: Value[] = [form];
  while (open.length > 0) {
    const value = open.pop() as Value;
    if (typeof value === "bigint") found.add(value);
    if (!(value instanceof Cell)) continue;
    for (let i = 0; i < value.slotCount; i++) open.push(resolveSlot(value, i));
  }
  return found;
}
