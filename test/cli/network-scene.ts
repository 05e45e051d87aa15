// A network of peers in this process, on loopback with free ports, for commands to talk to.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { type HostedPeer, hostPeer, stopPeer } from "../../src/cli/start/hosted-peer.ts";
import { startLocalPeers } from "../../src/cli/start/local-peers.ts";
import { isOwnAddress } from "../../src/cli/start/own-address.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import { KeyStore } from "../../src/keys/key-store.ts";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import { OperatorCommands } from "../../src/peer/operator/operator-commands.ts";
import { OperatorSocket } from "../../src/peer/operator/operator-socket.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { PATIENCE_MS } from "../patience.ts";

const LOOPBACK = "127.0.0.1";

/**
 * Seed i: peers have the first ones, and the first peer's is governance's and the genesis user's
 * too.
 */
export function seed(i: number): Uint8Array {
  return new Uint8Array(32).fill(i + 1);
}

export function publicKey(i: number): string {
  return toHex(KeyPair.fromSeed(seed(i)).publicKey);
}

export class NetworkScene {
  readonly folder = mkdtempSync(join(tmpdir(), "convex-network-"));
  readonly peers: readonly HostedPeer[];
  readonly #sockets: OperatorSocket[] = [];
  readonly #stopped = new Set<number>();

  constructor(count: number) {
    const keyPairs = Array.from({ length: count }, (_, i) => KeyPair.fromSeed(seed(i)));
    const [first, ...others] = keyPairs as [KeyPair, ...KeyPair[]];
    const genesis = createGenesis({
      governanceKey: first.publicKey,
      genesisKey: first.publicKey,
      peerKeys: keyPairs.map((pair) => pair.publicKey),
    });
    const listen = { host: LOOPBACK, port: 0 };
    const onFault = (error: unknown) => {
      throw error;
    };
    const hosted = hostPeer({
      store: memoryStore(CVM_TABLE),
      keyPair: first,
      genesis,
      bans: new Bans(null),
      allowsPrivate: true,
      listen,
      onFault,
    });
    hosted.networked.start();
    const further = startLocalPeers({ first: hosted, keyPairs: others, genesis, listen, onFault });
    this.peers = [hosted, ...further];
  }

  port(i: number): string {
    return String(this.peers[i]?.listener.port);
  }

  via(i: number): string {
    return `${LOOPBACK}:${this.port(i)}`;
  }

  /** Waits until all take part in consensus. */
  async ready(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (this.peers.some(({ networked }) => networked.peer.obstacle() !== null)) {
      if (performance.now() > deadline) throw new Error("the network is not ready");
      await Bun.sleep(20);
    }
  }

  /** A data directory that holds the keys of these seeds; returns its path. */
  async dataDir(...seeds: number[]): Promise<string> {
    const path = mkdtempSync(join(this.folder, "data-"));
    const keys = new KeyStore(join(path, "keys"));
    for (const i of seeds) await keys.add(seed(i), null);
    return path;
  }

  /** A key file without passphrase; returns its path. */
  async keyFile(i: number): Promise<string> {
    const keys = new KeyStore(join(this.folder, `key-${i}`));
    const added = await keys.add(seed(i), null);
    return added?.path ?? keys.find(publicKey(i)).path;
  }

  /**
   * Has a peer answer the operator of a data directory, as `start` does; `more` is said of its
   * process.
   */
  operate(i: number, dataDir: string, more: Record<string, unknown> = {}): OperatorSocket {
    const hosted = this.peers[i] as HostedPeer;
    const { host, port } = hosted.listener;
    const process = { version: packageJson.version, pid: globalThis.process.pid, uptimeMs: 61_000 };
    const about = { ...process, memoryBytes: 80_000_000, peerHost: host, peerPort: port, ...more };
    const socket = new OperatorSocket(
      join(dataDir, "operator.sock"),
      new OperatorCommands(hosted.networked, new Bans(null), SYSTEM_CLOCK, {
        about: () => about,
        isOwn: (address) => isOwnAddress(address, hosted.listener, null),
        stop: () => {
          socket.close();
          void this.stop(i);
        },
      }),
    );
    this.#sockets.push(socket);
    return socket;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async stop(i: number): Promise<void> {
    const peer = this.peers[i];
    if (peer === undefined || this.#stopped.has(i)) return;
    this.#stopped.add(i);
    await stopPeer(peer);
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await Promise.all(this.peers.map((_, i) => this.stop(i)));
    rmSync(this.folder, { recursive: true });
  }
}
