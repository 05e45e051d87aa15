// The first byte of every encoding, once (CAD003; sheet 01 §3). Tags of records, ops and core
// definitions are in the layers that own them; here are only the categories.

/** Tag bytes of CAD3 cells. A `_BASE` is the first of a run of sixteen. */
export const TAG = {
  NIL: 0x00,
  /** Integer zero; 0x10+k is an integer of k bytes, k = 1 … 8. */
  INTEGER_BASE: 0x10,
  BIG_INTEGER: 0x19,
  DOUBLE: 0x1d,
  /** A branch: 32-byte hash. Legal in child position only. */
  REF: 0x20,
  STRING: 0x30,
  BLOB: 0x31,
  SYMBOL: 0x32,
  KEYWORD: 0x33,
  /** 0x3c+k is a character of k+1 bytes. */
  CHAR_BASE: 0x3c,
  VECTOR: 0x80,
  LIST: 0x81,
  MAP: 0x82,
  SET: 0x83,
  INDEX: 0x84,
  SYNTAX: 0x88,
  SIGNED: 0x90,
  /** Signed data without its public key: read at the top of a single cell, never written. */
  SIGNED_KEYLESS: 0x91,
  FALSE: 0xb0,
  TRUE: 0xb1,
  BYTE_FLAG_BASE: 0xb0,
  CODED_BASE: 0xc0,
  DENSE_RECORD_BASE: 0xd0,
  EXTENSION_BASE: 0xe0,
  ADDRESS: 0xea,
} as const;
