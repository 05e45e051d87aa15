// Text that is not CVX (sheet 01 §18).

/** Longest piece of source shown in a message, in characters. */
const SHOWN_SOURCE_MAX = 20;

/** Where reading stopped, and why; the message begins with the place. */
export class ParseError extends Error {
  readonly code = "PARSE";
  /** From 1. */
  readonly line: number;
  /** Code points before the error in its line, from 0. */
  readonly column: number;
  constructor(problem: string, line: number, column: number) {
    super(`Parse error at ${line}:${column}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}

/** The error for a position, an index of UTF-16 units into the text. */
export function parseErrorAt(text: string, position: number, problem: string): ParseError {
  const { line, column } = lineAndColumn(text, position);
  return new ParseError(problem, line, column);
}

/** `L:C` of a position. */
export function placeOf(text: string, position: number): string {
  const { line, column } = lineAndColumn(text, position);
  return `${line}:${column}`;
}

/** Source as shown in messages, cut when it is long. */
export function shown(source: string): string {
  const characters = [...source.slice(0, 2 * SHOWN_SOURCE_MAX + 2)];
  if (characters.length <= SHOWN_SOURCE_MAX) return source;
  return `${characters.slice(0, SHOWN_SOURCE_MAX).join("")}...`;
}

function lineAndColumn(text: string, position: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  let column = 0;
  for (let i = lineStart; i < position; column++) {
    i += (text.codePointAt(i) as number) > 0xffff ? 2 : 1;
  }
  return { line, column };
}
