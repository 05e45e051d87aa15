// A running peer: opens what it needs, says so in a few lines, serves, and stops on SIGTERM or SIGINT
// with a final checkpoint; a second signal forces.

import type { KeyPair } from "../crypto/ed25519.ts";
import { toHex } from "../crypto/hex.ts";
import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import { Listener } from "../net/listener.ts";
import { WebSocketService } from "../net/websocket.ts";
import { SYSTEM_CLOCK } from "../peer/clock.ts";
import { MessageServer, NO_BELIEFS } from "../peer/message-server.ts";
import { Peer } from "../peer/peer.ts";
import { ROOT } from "../peer/peer-record.ts";
import { API_BASE, createApp } from "../rest/app.ts";
import { Faucet } from "../rest/faucet.ts";
import { type ApiAddress, type ApiServer, serveApi } from "../rest/server.ts";
import type { State } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import { paint } from "./paint.ts";

/** Longest orderly stop, in ms; then what still hangs is left behind. */
const STOP_TIMEOUT_MS = 1_800;

/** An address of this machine and a port; 0 takes a free one. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

export interface RunOptions {
  readonly title: string;
  readonly store: Store;
  readonly keyPair: KeyPair;
  /** The State to begin with; for a store that is not empty, null or the one it must have begun with. */
  readonly genesis: (isEmpty: boolean) => State | null;
  readonly api: ApiAddress;
  /** Where other peers and binary clients connect. */
  readonly peerAddress: PeerAddress;
  readonly hasFaucet: boolean;
  readonly json: boolean;
  /** Further lines of the banner. */
  readonly notes: readonly (readonly [label: string, text: string])[];
}

/** The account that controls this peer in the State, null when the peer is not registered. */
function controllerOf(state: State, publicKey: Uint8Array): Address | null {
  const record = state.peer(Blob.of(publicKey));
  return record?.controller instanceof Address ? record.controller : null;
}

function faucetOf(peer: Peer, options: RunOptions): Faucet | null {
  if (!options.hasFaucet) return null;
  const controller = controllerOf(peer.state(), peer.publicKey);
  return controller === null ? null : new Faucet(peer, options.keyPair, controller);
}

function hostAndPort({ host, port }: PeerAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function printBanner(peer: Peer, surfaces: Surfaces, options: RunOptions): void {
  const status = peer.status();
  const { listener } = surfaces;
  const url = `http://${hostAndPort(surfaces.api.address)}`;
  if (options.json) {
    const facts = {
      peer: toHex(status.peer),
      genesis: toHex(status.genesis),
      state: toHex(status.state),
      position: peer.position,
      peerPort: listener.port,
      api: url,
      faucet: options.hasFaucet,
    };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  const rows: (readonly [string, string])[] = [
    ["peer key", toHex(status.peer)],
    ["genesis", toHex(status.genesis)],
    ["state", `${toHex(status.state)}, ${peer.position} blocks`],
    ...options.notes,
    ["peers", `${hostAndPort(listener)} (other peers and binary clients, TCP)`],
    ["API", `${url}${API_BASE}${options.hasFaucet ? ", faucet on" : ""}`],
    ["try", `curl ${url}${API_BASE}/query -d '{"source":"(+ 1 2)"}'`],
    ["stop", "Ctrl-C (twice to force)"],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${paint.dim(label.padEnd(width))}  ${text}`);
  process.stdout.write(`${paint.bold(options.title)}\n${lines.join("\n")}\n`);
}

/** Resolves when the first stop signal has come; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = () => {
      count++;
      if (count > 1) process.exit(1);
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}

/** What the peer is reached by. */
interface Surfaces {
  readonly messages: MessageServer;
  readonly listener: Listener;
  readonly api: ApiServer;
}

function printFault(error: unknown, where: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`fault while serving ${where}: ${text}\n`);
}

/** @throws PeerPortError, ListenError: then nothing is served */
function serve(peer: Peer, options: RunOptions): Surfaces {
  const clock = SYSTEM_CLOCK;
  const messages = new MessageServer({
    peer,
    identity: { keyPair: options.keyPair, network: peer.status().genesis },
    clock,
    table: CVM_TABLE,
    beliefs: NO_BELIEFS,
    onFault: printFault,
  });
  const { memory } = messages;
  const listener = new Listener({
    ...options.peerAddress,
    clock,
    memory,
    accept: (link) => messages.attach(link),
    makeRoom: () => messages.makeRoom(),
  });
  const sockets = new WebSocketService({ clock, memory, accept: (link) => messages.attach(link) });
  const app = createApp({ peer, faucet: faucetOf(peer, options), onFault: printFault });
  try {
    return { messages, listener, api: serveApi(app, options.api, sockets) };
  } catch (error) {
    listener.stop();
    throw error;
  }
}

/** Intake stops, who waits is answered, then the connections close and the store with its checkpoint. */
async function stop(peer: Peer, surfaces: Surfaces, store: Store): Promise<void> {
  surfaces.listener.stop();
  const listening = surfaces.api.stop(false);
  await peer.close();
  // The answers are on their way to their connections.
  await new Promise<void>((resolve) => SYSTEM_CLOCK.soon(resolve));
  surfaces.messages.close();
  const timeout = Bun.sleep(STOP_TIMEOUT_MS).then(() => surfaces.api.stop(true));
  await Promise.race([listening, timeout]);
  store.close();
}

/** Runs until a stop signal. @throws StoreError, PeerPortError, ListenError before anything is served */
export async function runPeer(options: RunOptions): Promise<void> {
  const { store } = options;
  try {
    const genesis = options.genesis(store.root(ROOT.PEER) === null);
    const peer = new Peer({ store, keyPair: options.keyPair, genesis });
    await peer.settled();
    const stopped = stopSignal();
    const surfaces = serve(peer, options);
    printBanner(peer, surfaces, options);
    await stopped;
    await stop(peer, surfaces, store);
  } catch (error) {
    store.close();
    throw error;
  }
}
