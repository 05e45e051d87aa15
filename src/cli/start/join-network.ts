// `start --join`: the network is joined before the peer is there, and what happens is shown.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { fromHex, toHex } from "../../crypto/hex.ts";
import { HASH_LENGTH } from "../../crypto/sha3.ts";
import { OWN_BUFFER_BYTES, SHARED_READ_BYTES, SHARED_WRITE_BYTES } from "../../net/bounds.ts";
import { DialError, dialTcp } from "../../net/dial.ts";
import { SharedBuffer } from "../../net/shared-buffer.ts";
import { ACQUISITION_STALL_MS } from "../../peer/bounds.ts";
import { SYSTEM_CLOCK, steadyOf } from "../../peer/clock.ts";
import {
  addressText,
  type PeerAddress,
  parseNamedHost,
} from "../../peer/connections/peer-address.ts";
import { beginWith } from "../../peer/history/durable-history.ts";
import { type JoinEvent, join } from "../../peer/join.ts";
import type { Store } from "../../store/store.ts";
import { PeerClient, statusFacts } from "../contact/peer-client.ts";
import { CommandError } from "../failure.ts";
import { progressOutput } from "../log/notices.ts";
import { ProgressLine } from "../terminal/progress-line.ts";

/** Hosts of the public network, and the hash of its genesis State (sheet 05 §5.1). */
const PUBLIC_HOSTS = ["peer.convex.live"];
const PUBLIC_GENESIS = "b0e44f2a645abfa539f5b96b7a0eabb0f902866feaff0f7c12d1213e02333f13";
/** A peer that starts again waits no longer to hear whether its hosts are of its network. */
const NETWORK_WAIT_MS = 2_000;
const KILOBYTE = 1024;
const SECOND_MS = 1_000;
/** How often it is said that no cell comes. */
const SILENCE_SAID_MS = 10_000;

/** The hosts in `--join HOST:PORT[,…]`. @throws Error naming the one that is none */
export function parseHosts(text: string): PeerAddress[] {
  return text.split(",").map((part) => {
    const address = parseNamedHost(part);
    if (address !== null) return address;
    throw new Error(`expected HOST:PORT[,HOST:PORT…], found '${part}'`);
  });
}

/** The hash in `--genesis-hash`. @throws Error when it is none */
export function parseGenesisHash(text: string): Uint8Array {
  const bytes = fromHex(text.replace(/^0x/, ""));
  if (bytes !== null && bytes.length === HASH_LENGTH) return bytes;
  throw new Error(`expected 64 hex digits, found '${text}'`);
}

/** The pin that goes without saying: that of the public network, for its own hosts. */
export function builtInPin(hosts: readonly PeerAddress[]): Uint8Array | null {
  const isPublic = hosts.some(({ host }) => PUBLIC_HOSTS.includes(host.toLowerCase()));
  return isPublic ? fromHex(PUBLIC_GENESIS) : null;
}

interface FoundNetwork {
  readonly address: PeerAddress;
  /** Hash of the genesis State in hex. */
  readonly genesis: string;
}

/** @throws DialError, CommandError when it does not answer */
async function networkOf(address: PeerAddress): Promise<FoundNetwork> {
  const client = await PeerClient.connect(address);
  try {
    return { address, genesis: statusFacts(await client.status()).genesis };
  } finally {
    client.close();
  }
}

/** As `networkOf`, null when it does not answer. */
async function answerOf(address: PeerAddress): Promise<FoundNetwork | null> {
  try {
    return await networkOf(address);
  } catch (error) {
    if (error instanceof DialError || error instanceof CommandError) return null;
    throw error;
  }
}

/**
 * The network that hosts are of: `own` when one of them is, else that of the one that answers
 * first; null when none does within NETWORK_WAIT_MS. One that has gone astray speaks for none but
 * itself.
 */
export async function networkAmong(
  hosts: readonly PeerAddress[],
  own: string,
): Promise<FoundNetwork | null> {
  const found: FoundNetwork[] = [];
  const isOwn = ({ genesis }: FoundNetwork) => genesis === own;
  const isEnough = Promise.withResolvers<void>();
  const cancel = SYSTEM_CLOCK.after(NETWORK_WAIT_MS, () => isEnough.resolve());
  const ask = async (address: PeerAddress) => {
    const answer = await answerOf(address);
    if (answer === null) return;
    found.push(answer);
    if (isOwn(answer)) isEnough.resolve();
  };
  Promise.all(hosts.map(ask)).then(() => isEnough.resolve(), isEnough.reject);
  try {
    await isEnough.promise;
  } finally {
    cancel();
  }
  return found.find(isOwn) ?? found[0] ?? null;
}

/** Brings a network's genesis and Belief into an empty store. @throws JoinError, StoreError */
export async function joinNetwork(options: {
  readonly addresses: readonly PeerAddress[];
  readonly genesisHash: Uint8Array | null;
  readonly keyPair: KeyPair;
  readonly store: Store;
}): Promise<void> {
  const { store, keyPair } = options;
  const memory = {
    reading: new SharedBuffer(SHARED_READ_BYTES, OWN_BUFFER_BYTES),
    writing: new SharedBuffer(SHARED_WRITE_BYTES, OWN_BUFFER_BYTES),
  };
  const line = new ProgressLine(progressOutput(), SYSTEM_CLOCK);
  const silence = new Silence(line);
  try {
    const start = await join({
      ...options,
      publicKey: keyPair.publicKey,
      clock: SYSTEM_CLOCK,
      dial: ({ host, port }) => dialTcp(host, port, { clock: steadyOf(SYSTEM_CLOCK), memory }),
      onEvent: (event) => {
        if (event.type === "silent") silence.note(event);
        else if (event.type === "acquiring") silence.end();
        show(event, line);
      },
    });
    beginWith(store, keyPair, start);
  } finally {
    line.end();
  }
}

/** Tells now and then that no host brings anything. */
class Silence {
  readonly #line: ProgressLine;
  #nextMs = SILENCE_SAID_MS / 2;

  constructor(line: ProgressLine) {
    this.#line = line;
  }

  note({ what, silentMs, isConnected }: JoinEvent & { readonly type: "silent" }): void {
    if (silentMs < this.#nextMs) return;
    this.#nextMs = silentMs + SILENCE_SAID_MS;
    const reason = isConnected ? "no peer answers" : "no peer is connected, dialling again";
    const seconds = Math.round(silentMs / SECOND_MS);
    const end = Math.round(ACQUISITION_STALL_MS / SECOND_MS);
    this.#line.say(`${what}: ${reason}; nothing has come for ${seconds} s of at most ${end}`);
  }

  end(): void {
    this.#nextMs = SILENCE_SAID_MS / 2;
  }
}

function show(event: JoinEvent, line: ProgressLine): void {
  switch (event.type) {
    case "failed":
      line.say(event.reason);
      return;
    case "connected":
      line.say(`joining by ${addressText(event.address)}, peer ${toHex(event.peer).slice(0, 8)}`);
      return;
    case "network":
      line.say(`network ${toHex(event.genesis)}`);
      if (!event.isPinned) {
        const advice = `say --genesis-hash ${toHex(event.genesis)} to be sure the next time`;
        line.say(`nobody has vouched for this network: ${advice}`);
      }
      return;
    case "acquiring": {
      const { cells, bytes, wanted, elapsedMs } = event.progress;
      const rate = cells / Math.max(elapsedMs / SECOND_MS, 0.001);
      line.show(event.what, {
        done: cells,
        total: cells + wanted,
        unit: "cells",
        detail: `${Math.round(bytes / KILOBYTE)} KB`,
        rate,
      });
      return;
    }
    case "acquired":
      line.done(event.what);
      return;
    case "silent":
  }
}
