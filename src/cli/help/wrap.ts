// Lines that fit a terminal.

const WIDTH_ELSEWHERE = 80;
const WIDTH_MIN = 40;
/** Longer lines are hard to read. */
const WIDTH_MAX = 100;
/** The least that is left for words behind an indentation. */
const WORDS_MIN = 16;

/** Columns for text on this output: those of its terminal within reason, or the usual 80. */
export function widthOf(output: { readonly isTTY?: boolean; readonly columns?: number }): number {
  if (output.isTTY !== true) return WIDTH_ELSEWHERE;
  // A terminal that does not know its size says 0.
  const columns = output.columns || WIDTH_ELSEWHERE;
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, columns));
}

/**
 * The text in lines of at most `width`, but for words that are longer; further lines are indented.
 */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const lead = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = lead;
  for (const word of text.slice(lead.length).split(" ")) {
    const isBegun = line.trim() !== "";
    if (isBegun && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line = isBegun ? `${line} ${word}` : line + word;
  }
  return [...lines, line];
}

/** A label, and beside it, or below it when it is long, what it means. */
export function entry(label: string, text: string, column: number, width: number): string[] {
  const room = Math.max(WORDS_MIN, width - column);
  const lines = text.split("\n").flatMap((part) => wrapped(part, room));
  const beside = label.length + 2 <= column;
  const [first = "", ...others] = lines;
  const head = beside ? [label.padEnd(column) + first] : [label, " ".repeat(column) + first];
  return [...head, ...others.map((line) => " ".repeat(column) + line)];
}
