// Strict JSON text to cells (sheet 01 §19): objects become maps with string keys, arrays vectors.
// Integers keep every digit, which is why JSON.parse does not serve. Where no cells are wanted, to
// plain values: keys need not be hashed then, which takes most of the time.

import type { Integer, Value } from "../data/cell.ts";
import { CVMDouble } from "../data/double.ts";
import { doWork } from "../data/free-work.ts";
import { integer, integerLength, MAX_BIG_INTEGER_LENGTH } from "../data/integer.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { Vector } from "../data/vector.ts";
import type { Plain } from "./json-plain.ts";
import { type ParseError, parseErrorAt } from "./parse-error.ts";
import { utf8Bytes } from "./utf8.ts";

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const SPACE = /[ \t\r\n]*/y;
/** No integer of 4096 bytes has more characters. */
const MAX_INTEGER_LENGTH = 9866;
const LITERALS: readonly (readonly [string, boolean | null])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];

/** Work (data/free-work.ts) of an array or object: to read it and make its cells. */
const OPEN_WORK = 1_000;
/** Besides, of a member of an object: its key is hashed and put in order. */
const MEMBER_WORK = 3_000;

/**
 * The value of a JSON text; of equal keys the last wins. Reading reports work, as `read` does.
 * @throws ParseError
 */
export function fromJson(text: string): Value {
  return new JsonReader(text, CELLS).document();
}

/** What `toPlain` makes of the value of a JSON text. @throws ParseError */
export function plainFromJson(text: string): Plain {
  return new JsonReader(text, PLAIN).document();
}

/** What becomes of what is read. */
interface Builder<T> {
  literal(value: boolean | null): T;
  integer(value: Integer): T;
  double(value: number): T;
  text(value: string): T;
  array(items: T[]): T;
  /** @param items keys, which are texts, and values in turn */
  object(items: T[]): T;
}

const CELLS: Builder<Value> = {
  literal: (value) => value,
  integer: (value) => value,
  double: (value) => CVMDouble.of(value),
  text: (value) => CVMString.fromBytes(utf8Bytes(value)),
  array: (items) => Vector.from(items),
  object: (items) => {
    const entries: [Value, Value][] = [];
    for (let i = 0; i < items.length; i += 2) {
      entries.push([items[i] as Value, items[i + 1] as Value]);
    }
    return CVMMap.from(entries);
  },
};

const PLAIN: Builder<Plain> = {
  literal: (value) => value,
  integer: (value) => value,
  // As of a Double that JSON has no words for.
  double: (value) => (Number.isFinite(value) ? value : null),
  // Half a character becomes what it becomes in a String.
  text: (value) => (value.isWellFormed() ? value : String(CELLS.text(value))),
  array: (items) => items,
  object: (items) => {
    const members: { [key: string]: Plain } = Object.create(null);
    for (let i = 0; i < items.length; i += 2) {
      members[items[i] as string] = items[i + 1] as Plain;
    }
    return members;
  },
};

/** An array or object whose closing bracket has not come. */
interface Open<T> {
  readonly close: "]" | "}";
  /** Elements, or keys and values in turn. */
  readonly items: T[];
}

class JsonReader<T extends Value | Plain> {
  readonly #text: string;
  readonly #build: Builder<T>;
  readonly #open: Open<T>[] = [];
  #position = 0;

  constructor(text: string, build: Builder<T>) {
    this.#text = text;
    this.#build = build;
  }

  document(): T {
    let value = this.#next();
    for (;;) {
      if (value === undefined) {
        value = this.#next();
        continue;
      }
      const top = this.#open.at(-1);
      if (top === undefined) break;
      top.items.push(value);
      value = this.#afterItem(top);
    }
    this.#skipSpace();
    if (this.#position < this.#text.length) throw this.#unexpected();
    return value;
  }

  /**
   * Reads a value; undefined when that is an array or object which is not empty, and is now open.
   */
  #next(): T | undefined {
    this.#skipSpace();
    const c = this.#text[this.#position];
    if (c === "[" || c === "{") {
      doWork(OPEN_WORK);
      this.#position++;
      const top: Open<T> = { close: c === "[" ? "]" : "}", items: [] };
      this.#skipSpace();
      if (this.#taken(top.close)) return this.#collection(top);
      this.#open.push(top);
      if (c === "{") this.#key(top);
      return undefined;
    }
    return this.#scalar(c);
  }

  /**
   * Reads what follows an item: the collection if that is closed, undefined if another item
   * follows.
   */
  #afterItem(top: Open<T>): T | undefined {
    this.#skipSpace();
    if (this.#taken(top.close)) {
      this.#open.pop();
      return this.#collection(top);
    }
    if (!this.#taken(",")) throw this.#unexpected();
    if (top.close === "}") this.#key(top);
    return undefined;
  }

  #key(top: Open<T>): void {
    doWork(MEMBER_WORK);
    this.#skipSpace();
    if (this.#text[this.#position] !== '"') throw this.#unexpected();
    top.items.push(this.#string());
    this.#skipSpace();
    if (!this.#taken(":")) throw this.#unexpected();
  }

  #scalar(c: string | undefined): T {
    if (c === '"') return this.#string();
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#position)) {
        this.#position += word.length;
        return this.#build.literal(value);
      }
    }
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected();
    const [source, fraction, exponent] = match;
    this.#position += source.length;
    if (fraction !== undefined || exponent !== undefined) return this.#build.double(Number(source));
    if (source.length <= MAX_INTEGER_LENGTH) {
      const value = integer(BigInt(source));
      if (integerLength(value) <= MAX_BIG_INTEGER_LENGTH) return this.#build.integer(value);
    }
    throw this.#error("integer too large");
  }

  #string(): T {
    const start = this.#position;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    try {
      const body: unknown = JSON.parse(this.#text.slice(start, end + 1));
      this.#position = end + 1;
      return this.#build.text(String(body));
    } catch (e) {
      if (!(e instanceof SyntaxError)) throw e;
      throw this.#error("invalid string");
    }
  }

  #collection({ close, items }: Open<T>): T {
    return close === "]" ? this.#build.array(items) : this.#build.object(items);
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#position;
    SPACE.test(this.#text);
    this.#position = SPACE.lastIndex;
  }

  /** Skips a character if it is next; whether it was. */
  #taken(c: string): boolean {
    if (this.#text[this.#position] !== c) return false;
    this.#position++;
    return true;
  }

  #unexpected(): ParseError {
    const code = this.#text.codePointAt(this.#position);
    if (code === undefined) return this.#error("unexpected end of input");
    return this.#error(`unexpected '${String.fromCodePoint(code)}'`);
  }

  #error(problem: string): ParseError {
    return parseErrorAt(this.#text, this.#position, problem);
  }
}
