import type { InvokeOp } from "./ops/invoke.ts";
import type { Code } from "./ops/op.ts";
export function fusedCode(_op: InvokeOp): Code | null {
  return null;
}
