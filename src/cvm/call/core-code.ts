// Codes of the core functions that are used beyond their own definition (sheet 01 §11); the codes
// of the others stand only where they are defined (core/).

export const CORE_CODE = {
  VECTOR: 1,
  LOOKUP_META: 33,
  EQUAL: 123,
  NUMERIC_EQUAL: 124,
  NOT_EQUAL: 125,
  GREATER_OR_EQUAL: 126,
  GREATER: 127,
  LESS_OR_EQUAL: 128,
  LESS: 129,
  INC: 132,
  DEC: 133,
  ADD: 160,
  SUBTRACT: 161,
  MULTIPLY: 162,
  RECUR: 196,
  TAILCALL: 197,
  RETURN: 210,
  FAIL: 211,
  COMPILE: 257,
  INITIAL_EXPANDER: 259,
} as const;
