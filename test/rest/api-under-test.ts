// The HTTP app over a peer of its own in memory, without a socket.

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import { MessageServer } from "../../src/peer/clients/message-server.ts";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import type { PeerHealth } from "../../src/peer/health.ts";
import { Peer } from "../../src/peer/peer.ts";
import { ExecutedBlocks } from "../../src/peer/rounds/executed-blocks.ts";
import { AddressList } from "../../src/rest/access/address-list.ts";
import { type ApiOptions, createApp } from "../../src/rest/app.ts";
import { Faucet } from "../../src/rest/faucet.ts";
import { LiveFeed } from "../../src/rest/live/live-feed.ts";
import { McpSessions } from "../../src/rest/mcp/mcp-sessions.ts";
import { OriginPolicy } from "../../src/rest/mcp/origin-policy.ts";
import { Metrics } from "../../src/rest/metrics/metrics.ts";
import type { MetricsSources } from "../../src/rest/metrics/sources.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { HeardBeliefs } from "../peer/message-scene.ts";

export const SEED = new Uint8Array(32).fill(1);
const CONTROLLER = Address.of(12);

/** A network of one, as it is when all is well. */
const HEALTHY: PeerHealth = {
  isLive: true,
  isReady: true,
  role: "voter",
  obstacle: null,
  lack: null,
  isStale: false,
  isStuck: false,
  position: 0,
  backlog: 0,
  unfinished: 0,
  points: [0, 0, 0, 0],
  stateAgeMs: 0,
  peers: 0,
  outgoing: 0,
  incoming: 0,
  votingShare: 1,
  reachableShare: 1,
  disagreeing: 0,
};

const figuresOf = (peer: Peer) => ({ position: peer.position, points: peer.status().points });

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are compared by the tests
  readonly json: any;
}

export class ApiUnderTest {
  readonly peer: Peer;
  readonly keyPair = KeyPair.fromSeed(SEED);
  readonly faults: unknown[] = [];
  readonly messages: MessageServer;
  readonly sources: MetricsSources;
  readonly metrics: Metrics;
  readonly feed: LiveFeed;
  readonly sessions: McpSessions;
  /** What the peer's health is to be made out as. */
  health: Partial<PeerHealth> = {};
  readonly app: ReturnType<typeof createApp>;

  constructor(hasFaucet = true, options: Partial<ApiOptions> = {}) {
    const { publicKey } = this.keyPair;
    const genesis = createGenesis({
      governanceKey: publicKey,
      genesisKey: publicKey,
      peerKeys: [publicKey],
    });
    const store = memoryStore(CVM_TABLE);
    this.peer = new Peer({ store, keyPair: this.keyPair, genesis });
    this.messages = new MessageServer({
      peer: this.peer,
      identity: { keyPair: this.keyPair, network: this.peer.status().genesis },
      clock: SYSTEM_CLOCK,
      table: CVM_TABLE,
      beliefs: new HeardBeliefs(),
      onFault: (error) => this.faults.push(error),
    });
    this.sources = {
      version: "0.0.0",
      peer: this.peer,
      health: () => ({ ...HEALTHY, ...this.health, ...figuresOf(this.peer) }),
      messages: this.messages,
      store,
      dataFolder: null,
    };
    this.metrics = new Metrics(this.sources, new ExecutedBlocks(this.peer));
    this.sessions = new McpSessions(this.peer, SYSTEM_CLOCK);
    this.feed = new LiveFeed(this.peer, SYSTEM_CLOCK);
    this.app = createApp({
      peer: this.peer,
      health: this.sources.health,
      metrics: this.metrics,
      feed: this.feed,
      mcp: {
        sessions: this.sessions,
        origins: new OriginPolicy(["https://app.example.org"]),
        hasSeedTools: true,
      },
      messages: this.messages,
      operator: null,
      proxies: new AddressList([]),
      faucet: hasFaucet ? new Faucet(this.peer, this.keyPair, CONTROLLER) : null,
      onFault: (error) => this.faults.push(error),
      ...options,
    });
  }

  /** @param remote address of the client, as the listener would tell it */
  async request(
    method: string,
    path: string,
    init: RequestInit = {},
    remote?: string,
  ): Promise<Answer> {
    const url = `http://localhost${path}`;
    const response = await this.app.fetch(new Request(url, { method, ...init }), { remote });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const type = response.headers.get("content-type") ?? "";
    return {
      status: response.status,
      headers: response.headers,
      type,
      bytes,
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

  /** Prepares, signs and submits code of the controller's. */
  async submit(source: string, address = 12): Promise<Answer> {
    const prepared = (await this.post("transaction/prepare", { address, source })).json;
    return this.submitPrepared(prepared.hash);
  }

  /** Signs and submits what was prepared. */
  submitPrepared(hash: string): Promise<Answer> {
    const sig = toHex(this.keyPair.sign(fromHex(hash) as Uint8Array));
    const accountKey = toHex(this.keyPair.publicKey);
    return this.post("transaction/submit", { hash, accountKey, sig });
  }
}
