import { expect, test } from "bun:test";
import type { Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { Vector } from "../../../src/data/vector.ts";
import { exactJson } from "../../../src/rest/mcp/exact-json.ts";

/** A value in so many collections. */
function nested(depth: number, wrap: (inner: Value) => Value): Value {
  let value: Value = 2n ** 60n;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

test("200 levels are written, with every digit, and not one more", () => {
  const inVector = (inner: Value) => Vector.of(inner);
  const inMap = (inner: Value) => CVMMap.from([[Keyword.of("k"), inner]]);
  for (const wrap of [inVector, inMap]) {
    const text = JSON.stringify(exactJson(nested(200, wrap)));
    expect(text).toContain("1152921504606846976");
    expect(() => exactJson(nested(201, wrap))).toThrow("nested too deeply");
  }
});
