// Keys that an operator names by their first digits, as the table of `peers list` shows them.

/** No peer, or more than one, answers to the digits. The message is for an operator. */
export class KeyPartError extends Error {}

const KEY_PART = /^(?:0x)?[0-9a-f]{8,63}$/i;
/** Keys that are named when several begin alike. */
const NAMED_MAX = 4;

/** Whether a word may be the beginning of a key; names of hosts may look like one. */
export function isKeyPart(text: string): boolean {
  return KEY_PART.test(text);
}

/** Where a key is looked for, in words. */
export interface KeyPlace {
  /** Keys in hex. */
  readonly keys: Iterable<string>;
  readonly whose: string;
  /** What shows them. */
  readonly advice: string;
}

/** The one key in hex that begins so. @throws KeyPartError */
export function wholeKey(part: string, { keys, whose, advice }: KeyPlace): string {
  const digits = part.toLowerCase().replace(/^0x/, "");
  const found = [...new Set(keys)].filter((key) => key.startsWith(digits)).sort();
  const [key] = found;
  if (key === undefined)
    throw new KeyPartError(`no key of ${whose} begins with ${part}: ${advice}`);
  if (found.length === 1) return key;
  const more = found.length > NAMED_MAX ? ` and ${found.length - NAMED_MAX} more` : "";
  const named = `${found.slice(0, NAMED_MAX).join(", ")}${more}`;
  throw new KeyPartError(`${found.length} keys begin with ${part}, give more digits: ${named}`);
}
