// Tokens of CVX text (sheet 01 §18). The longest match wins, and of equally long ones the earlier
// rule of the sheet. Each rule scans forward from the start of its token, so reading takes linear
// time.

import { type ParseError, parseErrorAt, shown } from "./parse-error.ts";

/** What a token is; the names are the rules of the sheet. */
export type TokenKind =
  | "end"
  | "("
  | ")"
  | "["
  | "]"
  | "{"
  | "}"
  | "#{"
  | "#_"
  | "^"
  | "'"
  | "`"
  | "~"
  | "~@"
  | "nil"
  | "boolean"
  | "double"
  | "address"
  | "special"
  | "tag"
  | "cad3"
  | "resolve"
  | "blob"
  | "long"
  | "string"
  | "keyword"
  | "symbol"
  | "slash"
  | "character";

// Classes of ASCII characters, one bit each.
const NAME_START = 1;
const NAME_PART = 2;
const DIGIT = 4;
const HEX = 8;
const LETTER = 16;
const SPACE = 32;
/** Characters that may follow a number. */
const DELIMITER = 64;

const CLASSES = characterClasses();

function characterClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  const mark = (characters: string, bits: number): void => {
    for (const c of characters) {
      const code = c.charCodeAt(0);
      classes[code] = (classes[code] as number) | bits;
    }
  };
  const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  mark(upper + upper.toLowerCase(), NAME_START | NAME_PART | LETTER);
  mark(".*+!-_?$%&=<>", NAME_START | NAME_PART);
  mark("0123456789", NAME_PART | DIGIT | HEX);
  mark(":#", NAME_PART);
  mark("abcdefABCDEF", HEX);
  mark(" \t\r\n,", SPACE | DELIMITER);
  mark(";()[]{}", DELIMITER);
  return classes;
}

const NAMED_CHARACTERS = ["newline", "return", "space", "tab", "formfeed", "backspace"];

/** A cursor on the current token of a text; `advance` moves to the next one. */
export class Lexer {
  readonly text: string;
  kind: TokenKind = "end";
  /** The token is text[start … end), in UTF-16 units. */
  start = 0;
  end = 0;

  constructor(text: string) {
    this.text = text;
    this.advance();
  }

  /** The source of the current token. */
  get source(): string {
    return this.text.slice(this.start, this.end);
  }

  /** @throws ParseError when no rule matches */
  advance(): void {
    this.start = this.#skipSpace(this.end);
    this.end = this.start;
    if (this.start >= this.text.length) {
      this.kind = "end";
      return;
    }
    this.end = this.#scan(this.start);
    if (this.end <= this.start) throw new Error("a token without characters");
  }

  #is(position: number, bits: number): boolean {
    const code = this.text.charCodeAt(position);
    return code < 128 && ((CLASSES[code] as number) & bits) !== 0;
  }

  /** The first position from `position` on whose character is not of the class. */
  #run(position: number, bits: number): number {
    let p = position;
    while (this.#is(p, bits)) p++;
    return p;
  }

  #skipSpace(position: number): number {
    let p = this.#run(position, SPACE);
    while (this.text[p] === ";") {
      while (p < this.text.length && this.text[p] !== "\n" && this.text[p] !== "\r") p++;
      p = this.#run(p, SPACE);
    }
    return p;
  }

  #token(kind: TokenKind, end: number): number {
    this.kind = kind;
    return end;
  }

  /** Recognises the token at p; returns its end, as all methods that it calls. */
  #scan(p: number): number {
    const c = this.text[p] as string;
    switch (c) {
      case "(":
      case ")":
      case "[":
      case "]":
      case "{":
      case "}":
      case "^":
      case "'":
      case "`":
        return this.#token(c, p + 1);
      case "~":
        return this.text[p + 1] === "@" ? this.#token("~@", p + 2) : this.#token("~", p + 1);
      case "#":
        return this.#scanHash(p);
      case "@":
        return this.#named("resolve", p, p + 1);
      case '"':
        return this.#scanString(p);
      case ":":
        return this.#scanKeyword(p);
      case "/":
        return this.#scanSlash(p);
      case "\\":
        return this.#scanCharacter(p);
    }
    if (this.#is(p, DIGIT)) return this.#scanNumber(p);
    if (c === "-" && this.#is(p + 1, DIGIT)) return this.#scanNumber(p);
    if (this.#is(p, NAME_START)) return this.#scanSymbol(p);
    throw this.#unexpected(p);
  }

  /** A token that ends with a name beginning at `from`. */
  #named(kind: TokenKind, p: number, from: number): number {
    if (!this.#is(from, NAME_START)) throw this.#unexpected(p);
    return this.#token(kind, this.#run(from + 1, NAME_PART));
  }

  #scanSymbol(p: number): number {
    const end = this.#run(p + 1, NAME_PART);
    const name = this.text.slice(p, Math.min(end, p + 6));
    if (name === "nil") return this.#token("nil", end);
    if (name === "true" || name === "false") return this.#token("boolean", end);
    return this.#token("symbol", end);
  }

  #scanKeyword(p: number): number {
    let from = p;
    while (this.text[from] === ":") from++;
    if (this.text[from] === "/") return this.#token("keyword", from + 1);
    return this.#named("keyword", p, from);
  }

  #scanSlash(p: number): number {
    if (this.text[p + 1] === "/") return this.#token("slash", p + 2);
    if (this.#is(p + 1, NAME_START)) return this.#named("slash", p, p + 1);
    return this.#token("symbol", p + 1);
  }

  #scanHash(p: number): number {
    const next = this.text[p + 1];
    if (next === "{") return this.#token("#{", p + 2);
    if (next === "_") return this.#token("#_", p + 2);
    if (this.#is(p + 1, DIGIT)) return this.#token("address", this.#run(p + 1, DIGIT));
    if (next === "#" && this.#is(p + 2, NAME_START)) return this.#named("special", p, p + 2);
    if (next === "%" && this.#is(p + 2, NAME_START)) return this.#named("symbol", p, p + 2);
    if (this.#is(p + 1, LETTER)) {
      let end = p + 2;
      while (this.#is(end, LETTER | DIGIT) || this.text[end] === ".") end++;
      return this.#token("tag", end);
    }
    if (next === "[") {
      const end = this.#run(p + 2, HEX);
      if (this.text[end] === "]") return this.#token("cad3", end + 1);
    }
    let end = p + 1;
    while (end < this.text.length && end - p < 64 && !this.#is(end, DELIMITER)) end++;
    throw this.error(`invalid '#' sequence: '${shown(this.text.slice(p, end))}'`);
  }

  /**
   * A long, double or blob; or a symbol if that is longer. A number takes in one character that may
   * not follow it, which makes it malformed.
   */
  #scanNumber(p: number): number {
    if (this.text[p] === "0" && this.text[p + 1] === "x") {
      return this.#token("blob", this.#run(p + 2, HEX));
    }
    const negative = this.text[p] === "-";
    let end = this.#run(negative ? p + 1 : p, DIGIT);
    let kind: TokenKind = "long";
    if (this.text[end] === "." && this.#is(end + 1, DIGIT)) {
      kind = "double";
      end = this.#run(end + 1, DIGIT);
    }
    if (this.text[end] === "e" || this.text[end] === "E") {
      const digits = this.text[end + 1] === "-" ? end + 2 : end + 1;
      if (this.#is(digits, DIGIT)) {
        kind = "double";
        end = this.#run(digits, DIGIT);
      }
    }
    if (end < this.text.length && !this.#is(end, DELIMITER)) end += this.#widthAt(end);
    const nameEnd = negative ? this.#run(p + 1, NAME_PART) : p;
    if (nameEnd > end) return this.#token("symbol", nameEnd);
    return this.#token(kind, end);
  }

  #scanString(p: number): number {
    let q = p + 1;
    while (q < this.text.length) {
      const c = this.text[q];
      if (c === '"') return this.#token("string", q + 1);
      if (c === "\\") {
        const escapeEnd = this.#escapeEnd(q + 1);
        if (escapeEnd < 0) break;
        q = escapeEnd;
      } else q++;
    }
    throw this.error("unterminated string");
  }

  /** Where the escape whose first character after `\` is at p ends, or -1 when it is none. */
  #escapeEnd(p: number): number {
    const c = this.text[p];
    if (c === undefined) return -1;
    if ("btnfr\"'\\".includes(c)) return p + 1;
    if (c === "u") return this.#run(p + 1, HEX) >= p + 5 ? p + 5 : -1;
    // One digit is enough here: the further ones of an octal escape are like any other character.
    return c >= "0" && c <= "7" ? p + 1 : -1;
  }

  #scanCharacter(p: number): number {
    if (p + 1 >= this.text.length) throw this.#unexpected(p);
    if (this.text[p + 1] === "u" && this.#run(p + 2, HEX) >= p + 6) {
      return this.#token("character", p + 6);
    }
    const name = NAMED_CHARACTERS.find((n) => this.text.startsWith(n, p + 1));
    return this.#token(
      "character",
      p + 1 + (name === undefined ? this.#widthAt(p + 1) : name.length),
    );
  }

  /** UTF-16 units of the code point at p. */
  #widthAt(p: number): number {
    return (this.text.codePointAt(p) as number) > 0xffff ? 2 : 1;
  }

  #unexpected(p: number): ParseError {
    const code = this.text.codePointAt(p) as number;
    if (code < 0x20 || code === 0x7f) {
      return this.error(`unexpected control character (0x${code.toString(16)})`);
    }
    return this.error(`unexpected '${String.fromCodePoint(code)}'`);
  }

  /** The error for the start of the current token. */
  error(problem: string): ParseError {
    return parseErrorAt(this.text, this.start, problem);
  }
}
