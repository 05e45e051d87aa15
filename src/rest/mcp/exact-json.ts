// Cells as JavaScript values that `JSON.stringify` writes with every digit.

import type { Value } from "../../data/cell.ts";
import { type Plain, toPlain } from "../../lang/json.ts";
import { ToolError } from "./tool-error.ts";

/** Levels of nesting that a structured answer may have: readers of JSON give up soon after. */
const NESTING_MAX = 200;

/** ES2025; the type library does not have it yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** An integer that is written with every digit. */
export const exactInteger = (n: bigint): unknown => rawJSON(String(n));

function exact(plain: Plain, depth: number): unknown {
  if (typeof plain === "bigint") return exactInteger(plain);
  if (plain === null || typeof plain !== "object") return plain;
  if (depth >= NESTING_MAX) throw new ToolError("The value is nested too deeply for JSON");
  if (Array.isArray(plain)) return plain.map((element) => exact(element, depth + 1));
  const members = Object.entries(plain).map(([key, member]) => [key, exact(member, depth + 1)]);
  return Object.fromEntries(members);
}

/** @throws ToolError when it is nested too deeply */
export function exactJson(value: Value): unknown {
  return exact(toPlain(value), 0);
}
