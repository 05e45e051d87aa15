// The HTTP surface of a running peer: its app with all that it needs, on its listener.

import packageJson from "../../../package.json" with { type: "json" };
import type { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { Blob } from "../../data/blob.ts";
import { WebSocketService } from "../../net/websocket.ts";
import { SYSTEM_CLOCK, steadyOf } from "../../peer/clock.ts";
import { healthOf } from "../../peer/health.ts";
import type { NetworkedPeer } from "../../peer/networked-peer.ts";
import type { OperatorHandler } from "../../peer/operator/operator-socket.ts";
import type { Peer } from "../../peer/peer.ts";
import { ExecutedBlocks } from "../../peer/rounds/executed-blocks.ts";
import { guardedClock } from "../../peer/store-guard.ts";
import { Access, guardedUpgrade } from "../../rest/access/access.ts";
import { Clients } from "../../rest/access/clients.ts";
import { KeyRate } from "../../rest/access/key-rate.ts";
import { createApp } from "../../rest/app.ts";
import { Faucet } from "../../rest/faucet.ts";
import { LiveFeed } from "../../rest/live/live-feed.ts";
import { McpSessions } from "../../rest/mcp/mcp-sessions.ts";
import { Metrics } from "../../rest/metrics/metrics.ts";
import { type ApiAddress, type ApiServer, type Service, serveApi } from "../../rest/server.ts";
import type { Store } from "../../store/store.ts";
import { type ApiPolicy, OPEN_POLICY } from "./api-flags.ts";
import { openSecure, type SecureOptions, type SecureSurface } from "./secure-surface.ts";

export interface ApiSurfaceOptions {
  readonly api: ApiAddress;
  /** HTTPS beside it; left out: none. */
  readonly secure?: SecureOptions | null;
  readonly keyPair: KeyPair;
  readonly store: Store;
  /** Folder of the store, null for one in memory. */
  readonly dataFolder?: string | null;
  readonly hasFaucet: boolean;
  /** Who may use it; left out: everybody, as by default. */
  readonly policy?: ApiPolicy;
  /** Has the process stop in good order. */
  readonly shutdown: () => void;
  /** Carries out a command of the operator's. */
  readonly command: OperatorHandler["handle"];
  /** Hears of failures that are this peer's own fault. */
  readonly onFault: (error: unknown, where: string) => void;
}

/**
 * The faucet gives from the account that controls the peer. An unregistered peer has none, and one
 * whose controller has a key of its own can't sign for it.
 */
function faucetOf(peer: Peer, { hasFaucet, keyPair }: ApiSurfaceOptions): Faucet | null {
  const state = peer.state();
  const controller = state.peer(Blob.of(peer.publicKey))?.controller ?? null;
  if (!hasFaucet || controller === null) return null;
  const isOurs = state.account(controller)?.key?.toHex() === toHex(keyPair.publicKey);
  return isOurs ? new Faucet(peer, keyPair, controller) : null;
}

/** MCP tools may take a seed where the operator says so, or where no stake is at risk. */
function hasSeedTools(peer: Peer, { mcpSeedTools }: ApiPolicy): boolean {
  const stake = peer.state().peer(Blob.of(peer.publicKey))?.stake ?? 0;
  return mcpSeedTools ?? stake === 0;
}

/** @throws ListenError, CertificateError: then the API is not served either */
function openSecureBeside(
  served: ApiServer,
  service: Service,
  { secure = null }: ApiSurfaceOptions,
): SecureSurface | null {
  if (secure === null) return null;
  try {
    return openSecure(secure, service);
  } catch (error) {
    void served.stop(true);
    throw error;
  }
}

/** The API where it is served. */
export interface ApiSurface extends ApiServer {
  /** Whether there is the faucet that was asked for. */
  readonly hasFaucet: boolean;
  readonly secure: SecureSurface | null;
}

/** Serves the API of a peer. @throws ListenError, CertificateError */
export function openApi(networked: NetworkedPeer, options: ApiSurfaceOptions): ApiSurface {
  const { peer, server, network } = networked;
  const { policy = OPEN_POLICY, shutdown, command } = options;
  const { operatorTokens, proxies, mcpOrigins } = policy;
  const access = new Access(policy.access);
  let secure: SecureSurface | null = null;
  const dataFolder = options.dataFolder ?? null;
  const health = () => healthOf(networked, SYSTEM_CLOCK);
  const sources = {
    version: packageJson.version,
    peer,
    health,
    messages: server,
    store: options.store,
    dataFolder,
    certificateEndsMs:
      (options.secure ?? null) === null ? null : () => secure?.certificate()?.endsMs ?? 0,
  };
  const clock = guardedClock(SYSTEM_CLOCK, (error) => peer.handleFailure(error));
  const feed = new LiveFeed(peer, clock);
  const sessions = new McpSessions(peer, clock);
  const metrics = new Metrics(sources, new ExecutedBlocks(peer));
  const faucet = faucetOf(peer, options);
  const app = createApp({
    peer,
    messages: server,
    faucet,
    operator: operatorTokens === null ? null : { tokens: operatorTokens, shutdown, command },
    health,
    metrics,
    feed,
    mcp: { sessions, origins: mcpOrigins, hasSeedTools: hasSeedTools(peer, policy) },
    access,
    keyRate: policy.keyRate === null ? null : new KeyRate(policy.keyRate),
    proxies,
    onFault: options.onFault,
  });
  const sockets = new WebSocketService({
    clock: steadyOf(SYSTEM_CLOCK),
    memory: server.memory,
    accept: (link) => network.accept(link),
  });
  const clients = new Clients(proxies);
  const service: Service = {
    app,
    sockets,
    refusal: (request, environment) => guardedUpgrade(access, clients, request, environment),
    forwarded: (request, environment) => clients.forwarded(request, environment),
  };
  const served = serveApi(options.api, service);
  secure = openSecureBeside(served, service, options);
  return {
    address: served.address,
    hasFaucet: faucet !== null,
    secure,
    stop: async (force) => {
      metrics.close();
      feed.close();
      sessions.closeAll();
      await Promise.all([served.stop(force), secure?.stop(force)]);
    },
  };
}
