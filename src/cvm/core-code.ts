// Codes of the core functions that the machine itself names (sheet 01 §11).

export const CORE_CODE = {
  VECTOR: 1,
  LOOKUP_META: 33,
  RECUR: 196,
  TAILCALL: 197,
  RETURN: 210,
  FAIL: 211,
  COMPILE: 257,
  INITIAL_EXPANDER: 259,
} as const;
