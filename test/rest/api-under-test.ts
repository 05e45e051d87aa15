// The HTTP app over a peer of its own in memory, without a socket.

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import { Peer } from "../../src/peer/peer.ts";
import { createApp } from "../../src/rest/app.ts";
import { Faucet } from "../../src/rest/faucet.ts";
import { memoryStore } from "../../src/store/memory-store.ts";

export const SEED = new Uint8Array(32).fill(1);
const CONTROLLER = Address.of(12);

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are compared by the tests
  readonly json: any;
}

export class ApiUnderTest {
  readonly peer: Peer;
  readonly keyPair = KeyPair.fromSeed(SEED);
  readonly faults: unknown[] = [];
  readonly #app: ReturnType<typeof createApp>;

  constructor(hasFaucet = true) {
    const { publicKey } = this.keyPair;
    const genesis = createGenesis({
      governanceKey: publicKey,
      genesisKey: publicKey,
      peerKeys: [publicKey],
    });
    this.peer = new Peer({ store: memoryStore(CVM_TABLE), keyPair: this.keyPair, genesis });
    this.#app = createApp({
      peer: this.peer,
      faucet: hasFaucet ? new Faucet(this.peer, this.keyPair, CONTROLLER) : null,
      onFault: (error) => this.faults.push(error),
    });
  }

  async request(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await this.#app.request(`http://localhost${path}`, { method, ...init });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    return {
      status: response.status,
      type,
      text,
      json: type.includes("json") ? JSON.parse(text) : null,
    };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request("GET", `/api/v1/${path}`, { headers });
  }

  /** Posts an object as JSON, or a body as it is. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    return this.request("POST", `/api/v1/${path}`, {
      headers,
      body: isRaw ? body : JSON.stringify(body),
    });
  }
}
