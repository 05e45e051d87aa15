// Lists that the page shows: peers, accounts, transactions of a block.

import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { SignedData } from "../../src/data/signed.ts";
import { ACCOUNTS, BLOCK_TRANSACTIONS, PEERS } from "../../src/rest/response-schemas.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const KEY = toHex(api.keyPair.publicKey);

beforeAll(async () => {
  await api.submit("(* 3 4)");
  await api.submit("(/ 1 :a)");
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

test("peers with their stakes", async () => {
  const { json } = await api.get("peers");
  v.parse(PEERS, json);
  expect(json).toMatchObject({ count: 1, offset: 0 });
  const record = (await api.get(`peers/${KEY}`)).json;
  expect(json.items).toEqual([
    {
      key: `0x${KEY}`,
      controller: 12,
      stake: record.stake,
      delegatedStake: record["delegated-stake"],
      balance: record.balance,
      url: null,
      timestamp: record.timestamp,
    },
  ]);
  expect((await api.get("peers?offset=1")).json.items).toEqual([]);
});

test("accounts by page, each as it is alone", async () => {
  const { json } = await api.get("accounts?offset=11&limit=2");
  v.parse(ACCOUNTS, json);
  expect(json.count).toBe(api.peer.state().accounts.count);
  const alone = await Promise.all([11, 12].map(async (i) => (await api.get(`accounts/${i}`)).json));
  expect(json.items).toEqual(alone);
  const last = (await api.get(`accounts?offset=${json.count - 1}&limit=1000`)).json;
  expect(last.items).toHaveLength(1);
});

test("the transactions of a block, done and failed", async () => {
  const first = (await api.get("blocks/0/transactions")).json;
  v.parse(BLOCK_TRANSACTIONS, first);
  expect(first.items[0]).toMatchObject({
    index: 0,
    type: "invoke",
    origin: 12,
    sequence: 1,
    text: "{:origin #12,:sequence 1,:command (* 3 4)}",
    isExecuted: true,
    errorCode: null,
    result: "12",
  });
  const { json } = await api.get(`tx?hash=${first.items[0].hash}`);
  expect(json.position).toEqual([0, 0]);
  expect(first.items[0].juice).toBe(json.result.info.juice);
  const second = (await api.get("blocks/1/transactions")).json;
  expect(second.items[0]).toMatchObject({ errorCode: "CAST", isExecuted: true });
  expect((await api.get("blocks/0/transactions?offset=1")).json).toEqual({
    items: [],
    count: 1,
    offset: 1,
  });
});

test.each([
  ["blocks/2/transactions", 404, "The block does not exist: 2"],
  ["blocks/x/transactions", 400, "Invalid block number format: must be a number"],
  ["peers?limit=0", 400, "Limit must be between 1 and 1000"],
  ["accounts?offset=-1", 400, "Offset must be non-negative"],
])("%s is refused", async (path, status, message) => {
  const answer = await api.get(path);
  expect(answer.status).toBe(status);
  expect(answer.json.error).toContain(message);
});

test("other work gets its turn while a long page is printed", async () => {
  const { sequence } = (await api.get("accounts/12")).json;
  const sent = Array.from({ length: 64 }, (_, i) => {
    const invoke = Invoke.of(Address.of(12), sequence + 1 + i, i);
    return api.peer.submit(SignedData.sign(api.keyPair, invoke));
  });
  await Promise.all(sent);
  let isOver = false;
  const asked = api.get(`blocks/${api.peer.position - 1}/transactions`).finally(() => {
    isOver = true;
  });
  let turns = 0;
  for (; !isOver; turns++) await new Promise((resolve) => setImmediate(resolve));
  const { items } = (await asked).json;
  expect(items.map(({ result }: { result: string }) => result)).toEqual(
    sent.map((_, i) => String(i)),
  );
  // Sixteen in a turn.
  expect(turns).toBeGreaterThanOrEqual(4);
});

test("a peer's url is the one that its record has, and nothing that is no text", async () => {
  const urlAfter = async (url: string) => {
    await api.submit(`(set-peer-data 0x${KEY} {:url ${url}})`);
    return (await api.get("peers")).json.items[0].url;
  };
  expect(await urlAfter('"tcp://peer.example:18888"')).toBe("tcp://peer.example:18888");
  expect(await urlAfter("7")).toBeNull();
});
