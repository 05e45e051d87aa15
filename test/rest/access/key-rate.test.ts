// The rate of an account key's transactions: who is told to wait, and that nobody uses up
// another's.

import { afterEach, expect, test } from "bun:test";
import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../../src/crypto/hex.ts";
import { KeyRate } from "../../../src/rest/access/key-rate.ts";
import { type Answer, ApiUnderTest } from "../api-under-test.ts";

let api: ApiUnderTest;

/** An API that takes two transactions of each key at once, and one in 100 seconds. */
function limited(): ApiUnderTest {
  api = new ApiUnderTest(true, { keyRate: new KeyRate({ perSecond: 0.01, burst: 2 }) });
  return api;
}

afterEach(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

/** Signs a transfer of an account's and submits it. */
async function submit(address: number, keyPair: KeyPair, sig?: string): Promise<Answer> {
  const source = "(transfer #11 1)";
  const { hash } = (await api.post("transaction/prepare", { address, source })).json;
  return api.post("transaction/submit", {
    hash,
    accountKey: toHex(keyPair.publicKey),
    sig: sig ?? toHex(keyPair.sign(fromHex(hash) as Uint8Array)),
  });
}

test("a key that sends too much is told to wait, others are not", async () => {
  const { keyPair } = limited();
  const other = KeyPair.fromSeed(new Uint8Array(32).fill(9));
  const accountKey = toHex(other.publicKey);
  const { address } = (await api.post("createAccount", { accountKey, faucet: 10_000_000 })).json;
  expect((await submit(12, keyPair)).status).toBe(200);
  expect((await submit(12, keyPair)).status).toBe(200);
  const refused = await submit(12, keyPair);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("100");
  expect(refused.json.error).toBe("Too many transactions of this account key: again in 100 s");
  const { sequence } = (await api.get("accounts/12")).json;
  expect((await submit(address, other)).status).toBe(200);
  // What was refused has left nothing behind.
  expect((await api.get("accounts/12")).json.sequence).toBe(sequence);
});

test("what is not signed with the key does not count", async () => {
  const { keyPair } = limited();
  const forged = toHex(new Uint8Array(64).fill(7));
  for (let i = 0; i < 5; i++) {
    expect((await submit(12, keyPair, forged)).json.errorCode).toBe("SIGNATURE");
  }
  expect((await submit(12, keyPair)).status).toBe(200);
});

test("code that this peer signs counts as well", async () => {
  const { keyPair } = limited();
  const body = { address: 12, source: "(+ 1 2)", seed: "01".repeat(32) };
  expect((await submit(12, keyPair)).status).toBe(200);
  expect((await api.post("transact", body)).status).toBe(200);
  expect((await api.post("transact", body)).status).toBe(429);
});
