// A peer in memory behind a real HTTP listener on a free port of this machine.

import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Blob } from "../../src/data/blob.ts";
import { WebSocketService } from "../../src/net/websocket.ts";
import { MessageServer } from "../../src/peer/clients/message-server.ts";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { Peer } from "../../src/peer/peer.ts";
import { AddressList } from "../../src/rest/access/address-list.ts";
import { createApp } from "../../src/rest/app.ts";
import { Faucet } from "../../src/rest/faucet.ts";
import { McpSessions } from "../../src/rest/mcp/mcp-sessions.ts";
import { OriginPolicy } from "../../src/rest/mcp/origin-policy.ts";
import { serveApi } from "../../src/rest/server.ts";
import type { State } from "../../src/state/state.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { HeardBeliefs } from "../peer/message-scene.ts";

export interface ServedPeer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

function fault(error: unknown, where: string): void {
  process.stdout.write(`fault in ${where}: ${error instanceof Error ? error.stack : error}\n`);
}

export function servePeer(keyPair: KeyPair, genesis: State, hasFaucet: boolean): ServedPeer {
  const clock = SYSTEM_CLOCK;
  const peer = new Peer({ store: memoryStore(CVM_TABLE), keyPair, genesis });
  const messages = new MessageServer({
    peer,
    identity: { keyPair, network: peer.status().genesis },
    clock,
    table: CVM_TABLE,
    beliefs: new HeardBeliefs(),
    onFault: fault,
  });
  const controller = genesis.peer(Blob.of(keyPair.publicKey))?.controller ?? null;
  const sessions = new McpSessions(peer, clock);
  const app = createApp({
    peer,
    messages,
    faucet: hasFaucet && controller !== null ? new Faucet(peer, keyPair, controller) : null,
    operator: null,
    mcp: { sessions, origins: new OriginPolicy([]), hasSeedTools: true },
    proxies: new AddressList([]),
    onFault: fault,
  });
  const accept = (link: Parameters<MessageServer["attach"]>[0]) => messages.attach(link);
  const sockets = new WebSocketService({ clock, memory: messages.memory, accept });
  const server = serveApi(
    { host: "127.0.0.1", port: 0 },
    {
      app,
      sockets,
      refusal: () => null,
    },
  );
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    stop: async () => {
      messages.close();
      sessions.closeAll();
      await server.stop(true);
      await peer.close();
    },
  };
}
