// Results that hold cells which are not what they say: whoever made them is told so where they
// become JSON, and the peer's log has nothing of it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Constant } from "../../src/cvm/ops/constant.ts";
import { Def } from "../../src/cvm/ops/def.ts";
import { Address } from "../../src/data/address.ts";
import { decode } from "../../src/data/decode.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { type Answer, ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const USER = Address.of(12);
/** Says that it has 32 elements, and has none. */
const DAMAGED = "80200000";
let submitted: Answer;

beforeAll(async () => {
  const damaged = decode(fromHex(DAMAGED) as Uint8Array, CVM_TABLE);
  const invoke = Invoke.of(USER, 1, new Def(CVMSymbol.of("foo"), Constant.of(damaged)));
  const body = Buffer.from(encodeMultiCell(SignedData.sign(api.keyPair, invoke)));
  const headers = { "content-type": "application/cvx-raw" };
  submitted = await api.request("POST", "/api/v1/transact", { headers, body });
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  await api.peer.close();
});

test("a transaction is executed all the same", async () => {
  expect(submitted.status).toBe(422);
  expect(submitted.json.error).toStartWith("Damaged data can't be shown: ");
  expect((await api.get("accounts/12")).json.sequence).toBe(1);
});

for (const accept of ["application/json", "text/html"]) {
  test(`a query, ${accept}`, async () => {
    const headers = { accept, "content-type": "application/json" };
    const body = JSON.stringify({ source: "foo", address: 12 });
    const { status, text } = await api.request("POST", "/api/v1/query", { headers, body });
    expect(status).toBe(422);
    expect(text).toContain("Damaged data");
  });
}

test("a tool of the MCP server", async () => {
  const params = { name: "lookup", arguments: { address: "#12", symbol: "foo", getPath: "[0]" } };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const headers = { "content-type": "application/json" };
  const { json } = await api.request("POST", "/mcp", { headers, body });
  expect(json.result.structuredContent.message).toStartWith("Damaged data: ");
});
