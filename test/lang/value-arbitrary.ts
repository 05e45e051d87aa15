// Random values that CVX text can hold.

import fc from "fast-check";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { CVMChar } from "../../src/data/char.ts";
import { CVMDouble } from "../../src/data/double.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../../src/data/generic-cells.ts";
import { Index } from "../../src/data/index-map.ts";
import { integer } from "../../src/data/integer.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { List } from "../../src/data/list.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSet } from "../../src/data/set.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Syntax } from "../../src/data/syntax.ts";
import { Vector } from "../../src/data/vector.ts";

const NAME = /^[A-Za-z.*+!_?$%&=<>][-A-Za-z.*+!_?$%&=<>0-9:#]{0,40}$/;
const RESERVED = ["nil", "true", "false"];

const name = fc.stringMatching(NAME).filter((text) => !RESERVED.includes(text));
const bytes = fc.uint8Array({ maxLength: 200 });
/** Long enough that the tree of the blob shows. */
const longBytes = fc.uint8Array({ minLength: 4090, maxLength: 4110 });

function indexOf(entries: readonly (readonly [Blob, Value])[]): Value {
  return entries.reduce((index, [k, v]) => index.assoc(k, v) as Index, Index.EMPTY);
}

/** Values of every type whose printed form reads back as the same value. */
export const { value: anyValue } = fc.letrec<{ value: Value; leaf: Value; node: Value }>((tie) => {
  const entries = fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 20 });
  // Reading strips annotations inside metadata, so it has none.
  const meta = fc.array(fc.tuple(tie("leaf"), tie("leaf")), { maxLength: 20 });
  return {
    leaf: fc.oneof(
      fc.constantFrom<Value>(null, true, false, CVMDouble.of(-0), CVMDouble.NAN),
      fc.integer(),
      fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }).map(integer),
      fc.double().map(CVMDouble.of),
      fc.integer({ min: 0, max: 0xd7ff }).map(CVMChar.of),
      fc.integer({ min: 0xe000, max: 0x10ffff }).map(CVMChar.of),
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((n) => Address.of(integer(n))),
      fc.oneof(bytes, longBytes).map((b) => Blob.of(b)),
      fc.string({ unit: "binary", maxLength: 200 }).map((text) => CVMString.of(text)),
      name.map(Keyword.of),
      name.map((text) => CVMSymbol.of(text)),
      fc.integer({ min: 0xb2, max: 0xbf }).map(ByteFlag.of),
      fc.nat().map((n) => new ExtensionValue(0xe9, n)),
    ),
    node: fc.oneof(
      fc.array(tie("value"), { maxLength: 40 }).map((values) => Vector.from(values)),
      fc.array(tie("value"), { maxLength: 20 }).map((values) => List.from(values)),
      fc.array(tie("value"), { maxLength: 40 }).map((values) => CVMSet.from(values)),
      entries.map((pairs) => CVMMap.from(pairs)),
      fc
        .array(
          fc.tuple(
            bytes.map((b) => Blob.of(b)),
            tie("value"),
          ),
          { maxLength: 20 },
        )
        .map(indexOf),
      fc.tuple(tie("leaf"), meta).map(([datum, m]) => Syntax.of(datum, CVMMap.from(m))),
      // short, since a literal cannot hold branches
      fc.tuple(fc.integer(), name.map(Keyword.of)).map(([a, b]) => new CodedValue(0xc7, a, b)),
      fc
        .tuple(fc.uint8Array({ minLength: 96, maxLength: 96 }), tie("value"))
        .map(([b, value]) => SignedData.of(b.slice(0, 32), b.slice(32), value)),
    ),
    value: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("leaf"), tie("node")),
  };
});
