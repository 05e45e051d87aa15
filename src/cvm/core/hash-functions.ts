// Core functions that hash the bytes of a Blob (sheet 02 §19). The hash of a value is
// `(hash (encoding x))`.

import { keccak256, sha3, sha256 } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { PanicError } from "../../data/errors.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import { EXIT } from "../exits.ts";
import { JUICE, wrappedJuice } from "../juice.ts";
import { castBlob } from "./arguments.ts";

function hashFunction(code: number, name: string, hash: (bytes: Uint8Array) => Uint8Array): CoreFn {
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => {
    const blob = castBlob(ctx, args[0] as Value, 0);
    if (blob === EXIT) return EXIT;
    const juice = wrappedJuice(ctx.juice, JUICE.HASH, JUICE.HASH_PER_BYTE, blob.countInteger);
    if (!ctx.checkJuice(juice)) return EXIT;
    if (blob.count > ctx.juiceLimit) throw new PanicError("juice for a hash wraps around");
    return ctx.withResult(juice, Blob.of(hash(blob.content())));
  });
}

export const HASH_FNS: readonly CoreFn[] = [
  hashFunction(180, "hash", sha3),
  hashFunction(181, "keccak256", keccak256),
  hashFunction(182, "sha256", sha256),
];
