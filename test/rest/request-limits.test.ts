// Bodies and sequences at their limits.

import { afterAll, expect, test } from "bun:test";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

/** A String form that most other routes would not take the body of. */
const LONG = JSON.stringify("a".repeat(1_200_000));
const RAW = { accept: "application/cvx-raw" };

test("data routes take bodies of up to 2 MB, whatever they are sent as", async () => {
  const text = await api.post("data/encode", LONG, { ...RAW, "content-type": "text/plain" });
  expect(text.status).toBe(200);
  const json = await api.post("data/encode", JSON.stringify({ data: LONG }), {
    ...RAW,
    "content-type": "application/json",
  });
  expect([json.status, json.bytes.length]).toEqual([200, text.bytes.length]);
  const repeated = Buffer.alloc(1_200_000, 0x00);
  const type = { "content-type": "application/octet-stream" };
  expect((await api.post("data/decode", repeated, type)).json).toEqual({
    error: "Error decoding CAD3 data - bad format",
  });
  expect((await api.post("data/decode", Buffer.alloc(2_000_001), type)).status).toBe(413);
});

test("a transaction is prepared with any sequence from 0 on", async () => {
  const prepare = async (sequence: number) => {
    const { status, json } = await api.post("transaction/prepare", {
      address: 12,
      source: "1",
      sequence,
    });
    return [status, json.sequence ?? json.error];
  };
  expect(await prepare(0)).toEqual([200, 0]);
  expect(await prepare(-1)).toEqual([400, "Illegal sequence number: -1"]);
});
