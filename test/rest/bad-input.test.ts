// What a careless or hostile client sends: each gets the answer of sheet 05, none takes the peer
// down or holds it longer than its juice.

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { WebSocketService } from "../../src/net/websocket.ts";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { serviceOptions } from "../../src/rest/server.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const NO_SOCKETS = new WebSocketService({
  clock: SYSTEM_CLOCK,
  memory: api.messages.memory,
  accept: (link) => api.messages.attach(link),
});
const KEY = toHex(api.keyPair.publicKey);
const SIG = "00".repeat(64);

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

/** [path, body, status, part of the answer] */
const REFUSED: readonly (readonly [string, unknown, number, string])[] = [
  ["query", "", 400, "Invalid JSON body: JSON parse error at line 1:0"],
  ["query", '{"address":12,', 400, "Invalid JSON body"],
  ["query", "[1,2]", 400, "expected an object"],
  ["query", { address: 12 }, 400, "'source'"],
  ["query", { source: 7 }, 400, "'source'"],
  ["query", { source: "" }, 400, "Parse error at 1:0: empty input (expected a form)"],
  ["query", { source: "(+ 1 2" }, 400, "Parse error at 1:6: unexpected end of input"],
  ["query", { source: "1 2" }, 400, "Parse error at 1:2: unexpected '2'"],
  ["query", { source: `${"9".repeat(20_000)}` }, 400, "Parse error"],
  ["query", { source: `${"'".repeat(1_900_000)}1` }, 413, "too many forms"],
  ["query", `{"x":${"[".repeat(900_000)}${"]".repeat(900_000)}}`, 413, "too many arrays"],
  ["query", `{"x":{${'"k":1,'.repeat(330_000)}"k":1}}`, 413, "objects and members"],
  ["transaction/prepare", { address: 12, source: `${"'".repeat(480_000)}1` }, 413, "bytes"],
  ["query", { source: "[".repeat(1_900_000) }, 413, "too many forms"],
  ["query", { source: `a${"/b".repeat(900_000)}` }, 413, "too many forms"],
  ["query", { source: `[${"1 ".repeat(900_000)}]` }, 200, "Out of juice!"],
  ["transaction/prepare", { source: "1" }, 400, "requires a valid 'address' field"],
  ["transaction/prepare", { address: 12 }, 400, "Source code must be a string"],
  [
    "transaction/prepare",
    { address: 12, source: "(" },
    400,
    "Could not parse source code: Parse error",
  ],
  ["transaction/prepare", { address: 12, source: "1", sequence: "x" }, 400, "must be an integer"],
  ["transaction/prepare", { address: 999_999, source: "1" }, 404, "does not exist"],
  ["transaction/submit", { accountKey: KEY, sig: SIG }, 400, "'hash' must be provided"],
  ["transaction/submit", { hash: "zz", accountKey: KEY, sig: SIG }, 400, "must be a hex string"],
  ["transaction/submit", { hash: "1101", accountKey: KEY, sig: SIG }, 400, "FORMAT"],
  [
    "transaction/submit",
    { hash: `20${"11".repeat(32)}`, accountKey: KEY, sig: SIG },
    404,
    "MISSING",
  ],
  ["transaction/submit", { hash: "d003ea0c11011101", sig: SIG }, 400, "'accountKey' field"],
  ["transaction/submit", { hash: "d003ea0c11011101", accountKey: "12", sig: SIG }, 400, "64 hex"],
  ["transaction/submit", { hash: "d003ea0c11011101", accountKey: KEY, sig: "00" }, 400, "128 hex"],
  ["transact", { address: 12, source: "1" }, 400, "Valid Ed25519 seed required"],
  ["transact", { address: 12, source: "1", seed: "00" }, 400, "Seed must be 32 bytes"],
  ["createAccount", {}, 400, "'accountKey' field"],
  ["createAccount", { accountKey: `${KEY}zz` }, 400, "Unable to parse accountKey"],
  ["faucet", { address: "x", amount: 1 }, 400, "'address' field"],
  ["faucet", { address: 12, amount: 1.5 }, 400, "'amount' field"],
];

for (const [path, body, status, part] of REFUSED) {
  test(`${path} ${JSON.stringify(body).slice(0, 60)} → ${status}`, async () => {
    const answer = await api.post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(part);
    expect(answer.type).toContain("json");
  });
}

/** [source, error code]: refused by the machine, status 200 as the reference has it. */
const FAILING: readonly (readonly [string, string])[] = [
  ["(loop [] (recur))", "JUICE"],
  ["(do (defn f [] (f)) (f))", "DEPTH"],
  ["(reduce * (map (fn [x] 1000000007) (range 5000)))", "UNDECLARED"],
  ["(loop [x 7] (recur (* x x)))", "ARGUMENT"],
  ["(nosuch)", "UNDECLARED"],
];

for (const [source, code] of FAILING) {
  test(`${source} → ${code}`, async () => {
    const { status, json } = await api.post("query", { address: 12, source });
    expect(status).toBe(200);
    expect(json.errorCode).toBe(code);
  });
}

test("10,000-deep nesting is read, or refused in words", async () => {
  const nested = `${"(".repeat(10_000)}${")".repeat(10_000)}`;
  const { status } = await api.post("query", { source: nested });
  expect([200, 400]).toContain(status);
  const vector = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  expect([200, 400]).toContain((await api.post("query", { source: `'${vector}` })).status);
});

test("a body over 1,000,000 bytes is refused with 413, over 2,000,000 where the reference takes any", async () => {
  const padded = (bytes: number) =>
    JSON.stringify({ address: 12, source: `${" ".repeat(bytes)}1` });
  expect((await api.post("transaction/prepare", padded(1_000_001))).status).toBe(413);
  expect((await api.post("query", padded(1_000_001))).json.value).toBe(1);
  expect((await api.post("query", padded(2_000_001))).status).toBe(413);
  const chunks = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < 21; i++) controller.enqueue(new Uint8Array(100_000).fill(32));
      controller.close();
    },
  });
  const streamed = await api.request("POST", "/api/v1/query", { body: chunks });
  expect(streamed.status).toBe(413);
});

test("over a socket too, whatever the length, with words", async () => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    ...serviceOptions({ app: api.app, sockets: NO_SOCKETS, refusal: () => null }, false),
  });
  const body = new Uint8Array(20_000_000).fill(32);
  for (const path of ["query", "transaction/prepare", "message", "transact"]) {
    const url = `http://127.0.0.1:${server.port}/api/v1/${path}`;
    const response = await fetch(url, { method: "POST", body, keepalive: false });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ error: "Content Too Large" });
  }
  await server.stop(true);
});

test("unknown routes and methods are JSON 404s", async () => {
  const answer = await api.request("GET", "/api/v1/query");
  expect(answer.status).toBe(404);
  expect(answer.json.error).toContain("Not found");
  expect((await api.request("GET", "/nosuch")).status).toBe(404);
});

test("refused transactions answer by code", async () => {
  const prepared = (await api.post("transaction/prepare", { address: 12, source: "1" })).json;
  const badSignature = { hash: prepared.hash, accountKey: KEY, sig: SIG };
  expect((await api.post("transaction/submit", badSignature)).json.errorCode).toBe("SIGNATURE");
  const otherKey = { hash: prepared.hash, accountKey: "ab".repeat(32), sig: SIG };
  expect((await api.post("transaction/submit", otherKey)).json.errorCode).toBe("SIGNATURE");
  const seed = "01".repeat(32);
  expect((await api.post("transact", { address: 8, source: "1", seed })).json.errorCode).toBe(
    "STATE",
  );
  const wrong = await api.post("transact", { address: 12, source: "1", seed: "00".repeat(32) });
  expect(wrong.json.errorCode).toBe("SIGNATURE");
});

test("after all that the peer still answers", async () => {
  expect((await api.post("query", { source: "(+ 1 2)" })).json.value).toBe(3);
});
