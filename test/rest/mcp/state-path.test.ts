import { expect, test } from "bun:test";
import { Address } from "../../../src/data/address.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { Vector } from "../../../src/data/vector.ts";
import { valueAt } from "../../../src/rest/mcp/state-path.ts";
import { newState } from "../../peer/scene.ts";

test("a path leads into records, maps and sequences, from their first element to their last", () => {
  const key = Keyword.of("k");
  const root = CVMMap.from([[key, Vector.of(5, List.from([7, 8]))]]);
  expect(valueAt(root, [])).toBe(root);
  expect(valueAt(root, [key, 0])).toBe(5);
  expect(valueAt(root, [key, 1, 1])).toBe(8);
  expect(valueAt(root, [key, Address.of(0)])).toBe(5);
  const state = newState([1e14]);
  const [accounts, balance] = [Keyword.of("accounts"), Keyword.of("balance")];
  expect(valueAt(state, [accounts, 2, balance])).toBe(state.account(2)?.balance as number);
});

test("where it leads nowhere there is nothing", () => {
  const key = Keyword.of("k");
  const root = CVMMap.from([[key, Vector.of(5, null)]]);
  for (const path of [
    [key, 2],
    [key, -1],
    [key, 0.5],
    [key, "0" as never],
    [key, 0, 0],
    [7],
    [7, 7],
  ])
    expect([path, valueAt(root, path)]).toEqual([path, undefined]);
  expect(valueAt(root, [key, 1])).toBeNull();
});
