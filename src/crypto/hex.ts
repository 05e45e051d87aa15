// Bytes as lower-case hex digits, without prefix.

/** Two lower-case digits a byte. */
export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** Bytes of an even number of hex digits of either case, null when the text is anything else. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.fromHex(text);
}
