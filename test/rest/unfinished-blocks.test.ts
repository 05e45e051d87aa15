// Blocks that are not final yet, more of them than a page has room for, and a peer whose controller
// has no account: what a network of one never shows.

import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import type { SignedData } from "../../src/data/signed.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
/** Blocks, of which so many are final. */
const [BLOCKS, FINAL] = [150, 3];

beforeAll(async () => {
  await api.submit("(* 2 3)");
  const signed = api.peer.block(0) as SignedData;
  const status = api.peer.status();
  spyOn(api.peer, "block").mockImplementation((i) => (i < BLOCKS ? signed : null));
  spyOn(api.peer, "status").mockReturnValue({ ...status, points: [BLOCKS, 5, 4, FINAL] });
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  await api.peer.close();
});

test("a block is final below the point of finality, and all blocks count", async () => {
  const { count, items } = (await api.get("blocks?offset=1&limit=4")).json;
  expect(count).toBe(BLOCKS);
  const finalised = items.map((item: { finalised: boolean }) => item.finalised);
  expect(finalised).toEqual([true, true, false, false]);
  for (const index of [FINAL - 1, FINAL]) {
    const isFinal = index < FINAL;
    expect((await api.get(`blocks/${index}`)).json.finalised).toBe(isFinal);
    const { text } = await api.request("GET", `/explorer/blocks/${index}`);
    expect(text).toContain(`finalised&quot;: ${isFinal}`);
  }
});

test("a page has as many blocks as are asked for, or a hundred", async () => {
  const numbers = async (query: string) => {
    const { items } = (await api.get(`blocks?${query}`)).json;
    return items.map(({ index }: { index: number }) => index);
  };
  expect(await numbers("offset=7&limit=2")).toEqual([7, 8]);
  expect(await numbers("offset=7")).toEqual(Array.from({ length: 100 }, (_, i) => 7 + i));
  expect(await numbers("offset=149")).toEqual([149]);
});

test("a peer whose controller has no account has no DID document", async () => {
  const controller = Address.of(999_999);
  const record = PeerStatus.prototype;
  const peer = spyOn(api.peer.state(), "peer");
  peer.mockReturnValue(Object.create(record, { controller: { value: controller } }));
  const { status, text } = await api.request("GET", "/.well-known/did.json");
  peer.mockRestore();
  expect([status, text]).toEqual([404, '{"error":"This peer is not registered in the State"}']);
});
