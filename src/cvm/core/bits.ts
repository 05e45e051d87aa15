// Bit operations on 64-bit Integers (sheet 02 §19).

import type { Integer, Value } from "../../data/cell.ts";
import { integer } from "../../data/integer.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import { EXIT } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castLong } from "./arguments.ts";

function bitwise(code: number, name: string, operation: (a: bigint, b: bigint) => bigint): CoreFn {
  return coreFn(code, name, { min: 2, max: 2 }, (ctx, args) => {
    const a = castLong(ctx, args[0] as Value, 0);
    if (a === EXIT) return EXIT;
    const b = castLong(ctx, args[1] as Value, 1);
    if (b === EXIT) return EXIT;
    return ctx.withResult(JUICE.ARITHMETIC, integer(operation(BigInt(a), BigInt(b))));
  });
}

function bitNot(a: Integer): Integer {
  return typeof a === "number" && a !== Number.MAX_SAFE_INTEGER ? -1 - a : integer(~BigInt(a));
}

export const BIT_FNS: readonly CoreFn[] = [
  bitwise(176, "bit-and", (a, b) => a & b),
  bitwise(177, "bit-xor", (a, b) => a ^ b),
  bitwise(178, "bit-or", (a, b) => a | b),
  coreFn(179, "bit-not", { min: 1, max: 1 }, (ctx, args) => {
    const a = castLong(ctx, args[0] as Value, 0);
    return a === EXIT ? EXIT : ctx.withResult(JUICE.ARITHMETIC, bitNot(a));
  }),
];
