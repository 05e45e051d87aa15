// Operands of ops as execution needs them: a hand-made op may hold anything in their place (T6).

import type { Value } from "../../data/cell.ts";
import { Vector } from "../../data/vector.ts";
import { HostError } from "../exits.ts";

/** @throws HostError when the value is not a Vector */
export function vectorOperand(value: Value): Vector {
  if (value instanceof Vector) return value;
  throw new HostError("An op without its vector");
}
