// What strangers wrote, in a terminal: State, transaction files and messages hold any text, and a
// terminal obeys control characters. They could clear what was said before, or make a transaction
// that is to be signed look like another.

/** What moves a cursor, changes colours, or turns the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** As `UNSEEN`, without what breaks lines and sets columns. */
const UNSEEN_BUT_LAYOUT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (unseen: string) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text with its control characters as `\u001b`; line feeds and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN_BUT_LAYOUT, escaped);
}

/** Longest of what is said of a mistake: it may repeat all that was typed. */
const SAID_MAX = 4_000;

/** The text without the middle of what is too long to be read. */
export function clippedText(text: string): string {
  if (text.length <= SAID_MAX) return text;
  const half = SAID_MAX / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** On standard output: visible in a terminal, else exactly as it is. */
export function shownText(text: string): string {
  return process.stdout.isTTY === true ? visibleText(text) : text;
}

/** As `visibleText`, in one line. */
export function visibleLine(text: string): string {
  return text.replace(UNSEEN, escaped);
}
