// Values that hold themselves over and over: 20 vectors of two make a million elements as text.
// Code makes them for next to nothing, and wherever a value becomes JSON they must be measured
// first.

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();

/** Written out 2^18 elements: far beyond what is answered, and not enough to hang a test. */
const SHARED = "(loop [i 0 v [1 2]] (if (< i 17) (recur (inc i) [v v]) v))";
/** Some 30 kB that fit into an answer. */
const LONG_VECTOR = "(loop [i 0 v [1]] (if (< i 14) (recur (inc i) (concat v v)) v))";
const LONG_STRING = '(loop [i 0 s "abcd"] (if (< i 14) (recur (inc i) (str s s)) s))';
/** Bytes of what is answered in place of it, at most. */
const SHORT = 4_096;

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  api.feed.close();
  await api.peer.close();
});

for (const accept of ["text/html", "application/json", "text/plain", "application/cvx"]) {
  test(`as code of an error, ${accept}`, async () => {
    const headers = { accept, "content-type": "application/json" };
    const body = JSON.stringify({ source: `(fail ${SHARED} 1)` });
    const answer = await api.request("POST", "/api/v1/query", { headers, body });
    expect(answer.status).toBe(413);
    expect(answer.bytes.length).toBeLessThan(SHORT);
  });
}

/** 2^14 elements, each behind 2^16 spaces. */
const INDENTED = `(let [v ${LONG_VECTOR} s ${LONG_STRING}] {s v})`;

for (const accept of ["text/html", "application/json"]) {
  test(`indented by a long key, ${accept}`, async () => {
    const headers = { accept, "content-type": "application/json" };
    const body = JSON.stringify({ source: INDENTED });
    const answer = await api.request("POST", "/api/v1/query", { headers, body });
    const isIndented = accept === "text/html";
    expect(answer.status).toBe(isIndented ? 413 : 200);
    if (isIndented) expect(answer.bytes.length).toBeLessThan(SHORT);
  });
}

test("indented by a long key in the explorer", async () => {
  await api.submit(INDENTED);
  const page = await api.request("GET", `/explorer/blocks/${api.peer.position - 1}/txs/0`);
  expect(page.status).toBe(413);
  expect(page.bytes.length).toBeLessThan(SHORT);
});

test("as result of a transaction in the explorer", async () => {
  await api.submit(SHARED);
  const page = await api.request("GET", `/explorer/blocks/${api.peer.position - 1}/txs/0`);
  expect(page.status).toBe(413);
  expect(page.text).toContain("too large to show");
  expect(page.bytes.length).toBeLessThan(SHORT);
});

test("as what a peer says of itself", async () => {
  const key = toHex(api.keyPair.publicKey);
  await api.submit(`(set-peer-data 0x${key} {:a ${SHARED}})`);
  const answer = await api.get(`peers/${key}`);
  expect(answer.status).toBe(413);
  expect(answer.bytes.length).toBeLessThan(SHORT);
});

test("as code of an error, and scope of a log entry, in events", async () => {
  const logger = (await api.submit("(deploy '(defn ^:callable f [] (log 1)))")).json.value;
  const query = `transactions=12&log=${logger}`;
  const response = await api.app.fetch(new Request(`http://localhost/api/v1/events?${query}`));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await api.submit(`(fail ${SHARED} "for this reason")`);
  await api.submit(`(call [#${logger} ${SHARED}] (f))`);
  let text = "";
  while (!text.includes("event: log")) {
    text += new TextDecoder().decode((await reader.read()).value);
  }
  await reader.cancel();
  expect(text.length).toBeLessThan(SHORT);
  expect(text).toContain('"errorCode":"","result":"\\"for this reason\\""');
  expect(text).toContain('"scope":null,');
  expect(text).toContain('"values":[1],"isComplete":false');
});

test("as what a token of somebody's own calls a balance", async () => {
  const source = `(deploy '(defn ^:callable balance [who] ${SHARED}))`;
  const token = `#${(await api.submit(source)).json.value}`;
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "getBalance", arguments: { address: "#12", token } },
  });
  const headers = { "content-type": "application/json" };
  const answer = await api.request("POST", "/mcp", { headers, body }, "127.0.0.1");
  expect(answer.bytes.length).toBeLessThan(SHORT);
  expect(answer.json.result.structuredContent.message).toStartWith("Response too large: ");
});
