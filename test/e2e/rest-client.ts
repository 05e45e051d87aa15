// A client of the JSON API for tests and benchmarks: prepares, signs and submits.

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";

export interface ResultJson {
  readonly errorCode?: string;
  readonly value: unknown;
  readonly result: string | null;
  readonly info?: Record<string, unknown>;
}

export async function post<T>(url: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** An account and the key that signs for it. */
export class TestAccount {
  readonly url: string;
  readonly address: number;
  readonly keyPair: KeyPair;

  constructor(url: string, address: number, keyPair: KeyPair) {
    this.url = url;
    this.address = address;
    this.keyPair = keyPair;
  }

  /** Creates an account funded by the faucet; the seed is derived from the number. */
  static async create(url: string, number: number): Promise<TestAccount> {
    const seed = new Uint8Array(32);
    new DataView(seed.buffer).setUint32(28, number + 1);
    const keyPair = KeyPair.fromSeed(seed);
    const accountKey = toHex(keyPair.publicKey);
    const created = await post<{ address: number }>(url, "createAccount", {
      accountKey,
      faucet: 1_000_000_000,
    });
    return new TestAccount(url, created.address, keyPair);
  }

  async transact(source: string): Promise<ResultJson> {
    const prepared = await post<{ hash: string }>(this.url, "transaction/prepare", {
      address: this.address,
      source,
    });
    const message = fromHex(prepared.hash);
    if (message === null) throw new Error(`prepare answered the hash ${prepared.hash}`);
    return post<ResultJson>(this.url, "transaction/submit", {
      hash: prepared.hash,
      accountKey: toHex(this.keyPair.publicKey),
      sig: toHex(this.keyPair.sign(message)),
    });
  }
}
