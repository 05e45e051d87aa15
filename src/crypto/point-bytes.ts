// Bytes of points of edwards25519 (RFC 8032 §5.1.2).

/**
 * Whether y is p = 2^255-19 or more: all bits set from the second byte on, and the first at least
 * 0xed.
 */
export function isUnreduced(bytes: Uint8Array): boolean {
  if ((bytes[0] as number) < 0xed || ((bytes[31] as number) & 0x7f) !== 0x7f) return false;
  for (let i = 1; i < 31; i++) if (bytes[i] !== 0xff) return false;
  return true;
}
