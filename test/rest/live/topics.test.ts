import { expect, test } from "bun:test";
import { topicsOf } from "../../../src/rest/live/topics.ts";

test("a topic that is mistyped is refused beside those that are there", () => {
  expect(() => topicsOf({ topics: "blocks,blocs" })).toThrow("Unknown topic: blocs; there are");
  expect(() => topicsOf({})).toThrow("Expected topics");
  expect(topicsOf({ topics: "status" })).toMatchObject({ blocks: false, status: true });
});

test("addresses are those of accounts, with or without their sign", () => {
  const { blocks, status, transactions, log } = topicsOf({ transactions: "12,#13", log: "8" });
  expect([blocks, status, [...transactions], [...log]]).toEqual([false, false, [12, 13], [8]]);
});
