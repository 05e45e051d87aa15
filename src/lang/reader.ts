// CVX text to values (sheet 01 §18). Open forms are kept on a list, so that nesting costs no stack.

import type { Value } from "../data/cell.ts";
import { CAD3_TABLE, type DecodeTable } from "../data/decode.ts";
import { BadStructureError } from "../data/errors.ts";
import { doWork } from "../data/free-work.ts";
import { List } from "../data/list.ts";
import { CVMMap } from "../data/map.ts";
import { CVMSet } from "../data/set.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { Vector } from "../data/vector.ts";
import { Lexer, type TokenKind } from "./lexer.ts";
import { type ParseError, parseErrorAt, placeOf, shown } from "./parse-error.ts";
import { readAtom, symbolOf } from "./reader-atoms.ts";
import { annotated, metadataOf } from "./reader-metadata.ts";
import { DATA_TAGS, TagError, type TagReader } from "./reader-tags.ts";
import { utf8Text } from "./utf8.ts";

export { ParseError } from "./parse-error.ts";
export { TagError, type TagReader } from "./reader-tags.ts";

export interface ReadOptions {
  /** Decodes `#[hex]` literals; CAD3_TABLE when absent. */
  readonly table?: DecodeTable;
  /** Tags beside `#Index` and `#Signed`. */
  readonly tags?: ReadonlyMap<string, TagReader>;
}

/**
 * The one form of a text. Reading reports work (data/free-work.ts), which is bounded where the
 * caller bounds it.
 * @throws ParseError
 */
export function read(text: string | Uint8Array, options: ReadOptions = {}): Value {
  return new Reader(textOf(text), options, false).forms()[0] as Value;
}

/**
 * All forms of a text; discarded forms (`#_`) may stand between them.
 * @throws ParseError
 */
export function readAll(text: string | Uint8Array, options: ReadOptions = {}): Value[] {
  return new Reader(textOf(text), options, true).forms();
}

function textOf(text: string | Uint8Array): string {
  return typeof text === "string" ? text : utf8Text(text);
}

const QUOTES: ReadonlyMap<TokenKind, CVMSymbol> = new Map([
  ["'", CVMSymbol.of("quote")],
  ["`", CVMSymbol.of("quasiquote")],
  ["~", CVMSymbol.of("unquote")],
  ["~@", CVMSymbol.of("unquote-splicing")],
]);
const CLOSERS: ReadonlyMap<TokenKind, TokenKind> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["#{", "}"],
]);
/** Work (data/free-work.ts) of an atom: to read it, and later measure its cell. */
const ATOM_WORK = 250;
/** Work of whatever opens a form. */
const OPEN_WORK = 1_000;
const LOOKUP = CVMSymbol.of("lookup");

/** A collection whose closing bracket has not come. */
interface OpenCollection {
  readonly kind: "collection";
  readonly bracket: TokenKind;
  readonly start: number;
  readonly items: Value[];
}
/** `^`, awaiting the metadata. */
interface OpenMeta {
  readonly kind: "meta";
}
/** `^meta`, awaiting the form. */
interface OpenAnnotation {
  readonly kind: "annotation";
  readonly meta: CVMMap;
}
interface OpenQuote {
  readonly kind: "quote";
  readonly symbol: CVMSymbol;
}
interface OpenTag {
  readonly kind: "tag";
  readonly name: string;
  readonly start: number;
}
interface OpenDiscard {
  readonly kind: "discard";
}
type Open = OpenCollection | OpenMeta | OpenAnnotation | OpenQuote | OpenTag | OpenDiscard;

class Reader {
  readonly #lexer: Lexer;
  readonly #table: DecodeTable;
  readonly #tags: ReadonlyMap<string, TagReader>;
  readonly #many: boolean;
  readonly #open: Open[] = [];
  readonly #forms: Value[] = [];

  constructor(text: string, options: ReadOptions, many: boolean) {
    this.#lexer = new Lexer(text);
    this.#table = options.table ?? CAD3_TABLE;
    this.#tags = options.tags ?? new Map();
    this.#many = many;
  }

  forms(): Value[] {
    const lexer = this.#lexer;
    while (lexer.kind !== "end") {
      if (!this.#many && this.#forms.length > 0) throw this.#unexpected();
      try {
        this.#token();
      } catch (e) {
        // A CAD3 literal can hold a malformed collection, which breaks when it is put to use.
        if (!(e instanceof BadStructureError)) throw e;
        throw lexer.error(e.message);
      }
    }
    if (this.#open.length > 0) throw this.#unexpectedEnd();
    if (!this.#many && this.#forms.length === 0) {
      throw lexer.error("empty input (expected a form)");
    }
    return this.#forms;
  }

  /** Takes the current token; and the path after it (`a/b`) if that token completes a form. */
  #token(): void {
    const lexer = this.#lexer;
    const { kind } = lexer;
    const atom = readAtom(lexer, this.#table);
    if (atom !== undefined) {
      doWork(ATOM_WORK);
      lexer.advance();
      // A nil takes no path, even if a literal gave it.
      this.#deliver(atom === null ? null : this.#withPath(atom));
    } else if (kind === ")" || kind === "]" || kind === "}") {
      const collection = this.#close();
      lexer.advance();
      this.#deliver(this.#withPath(collection));
    } else {
      this.#begin(kind);
      lexer.advance();
    }
  }

  /** Opens what the current token begins. */
  #begin(kind: TokenKind): void {
    const lexer = this.#lexer;
    doWork(OPEN_WORK);
    switch (kind) {
      case "(":
      case "[":
      case "{":
      case "#{":
        this.#open.push({ kind: "collection", bracket: kind, start: lexer.start, items: [] });
        return;
      case "^":
        this.#open.push({ kind: "meta" });
        return;
      case "tag":
        this.#open.push({ kind: "tag", name: this.#tagName(), start: lexer.start });
        return;
      case "#_":
        if (!this.#mayDiscard()) throw this.#unexpected();
        this.#open.push({ kind: "discard" });
        return;
    }
    const symbol = QUOTES.get(kind);
    if (symbol === undefined) throw this.#unexpected();
    this.#open.push({ kind: "quote", symbol });
  }

  /** The tag's name, which must fit a symbol even where it will be dropped. */
  #tagName(): string {
    const name = this.#lexer.source.slice(1);
    symbolOf(this.#lexer, name);
    return name;
  }

  #mayDiscard(): boolean {
    const top = this.#open.at(-1);
    return top === undefined ? this.#many : top.kind === "collection";
  }

  /** A form with the path after it: `a/b` is `(lookup a b)`. */
  #withPath(form: Value): Value {
    const lexer = this.#lexer;
    let value = form;
    if (lexer.kind === "slash" && this.#isAnnotated()) throw this.#unexpected();
    while (lexer.kind === "slash") {
      doWork(OPEN_WORK);
      value = List.from([LOOKUP, value, symbolOf(lexer, lexer.source.slice(1))]);
      lexer.advance();
    }
    return value;
  }

  /**
   * Whether the form that is read now is annotated. Such a form can have no path: the reference
   * reads `^m a` as the first part of one, finds that the slashes belong to `a/b`, and fails.
   */
  #isAnnotated(): boolean {
    const around = this.#open.findLast((o) => o.kind !== "quote" && o.kind !== "tag");
    return around?.kind === "annotation";
  }

  /** Hands a complete form to what is open around it, which may complete that too. */
  #deliver(form: Value): void {
    let value = form;
    for (;;) {
      const top = this.#open.at(-1);
      if (top === undefined) {
        this.#forms.push(value);
        return;
      }
      if (top.kind === "collection") {
        top.items.push(value);
        return;
      }
      this.#open.pop();
      switch (top.kind) {
        case "discard":
          return;
        case "meta":
          this.#open.push({ kind: "annotation", meta: metadataOf(value) });
          return;
        case "annotation":
          value = annotated(value, top.meta);
          break;
        case "quote":
          value = List.from([top.symbol, value]);
          break;
        case "tag":
          value = this.#tagged(top, value);
      }
    }
  }

  /** The collection that the current token closes. */
  #close(): Value {
    const lexer = this.#lexer;
    const top = this.#open.at(-1);
    if (top === undefined || top.kind !== "collection") {
      throw this.#unexpected();
    }
    if (CLOSERS.get(top.bracket) !== lexer.kind) {
      const opened = `'${top.bracket}' at ${placeOf(lexer.text, top.start)}`;
      const closed = `'${lexer.source}' at ${placeOf(lexer.text, lexer.start)}`;
      throw lexer.error(`${opened} closed by mismatched ${closed}`);
    }
    this.#open.pop();
    switch (top.bracket) {
      case "(":
        return List.from(top.items);
      case "[":
        return Vector.from(top.items);
      case "#{":
        return CVMSet.from(top.items);
      default:
        return this.#map(top);
    }
  }

  #map({ items, start }: OpenCollection): CVMMap {
    if (items.length % 2 !== 0) {
      throw parseErrorAt(this.#lexer.text, start, "map requires an even number of forms");
    }
    const entries: [Value, Value][] = [];
    for (let i = 0; i < items.length; i += 2) {
      entries.push([items[i] as Value, items[i + 1] as Value]);
    }
    return CVMMap.from(entries);
  }

  #tagged({ name, start }: OpenTag, form: Value): Value {
    const reader = this.#tags.get(name) ?? DATA_TAGS.get(name);
    if (reader === undefined) return form;
    try {
      return reader(form);
    } catch (e) {
      if (!(e instanceof TagError)) throw e;
      throw parseErrorAt(this.#lexer.text, start, e.message);
    }
  }

  #unexpected(): ParseError {
    const { kind } = this.#lexer;
    const isClosing = kind === ")" || kind === "]" || kind === "}";
    if (isClosing && !this.#open.some((o) => o.kind === "collection")) {
      return this.#lexer.error(`unmatched closing '${kind}'`);
    }
    return this.#lexer.error(`unexpected '${shown(this.#lexer.source)}'`);
  }

  #unexpectedEnd(): ParseError {
    const open = this.#open.findLast((o) => o.kind === "collection");
    if (open === undefined) return this.#lexer.error("unexpected end of input");
    const place = placeOf(this.#lexer.text, open.start);
    return this.#lexer.error(`unexpected end of input (unclosed '${open.bracket}' at ${place})`);
  }
}
