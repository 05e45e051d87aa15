// The connections that this peer opens (sheet 04 §10, sheet 00 O16–O20): to hosts that the operator
// has named, and to registered peers at the addresses that they have published, which have to prove
// their key. As many as wanted are kept open, chosen by stake.

import { bytesOfKey, keyOf } from "../../crypto/sha3.ts";
import { DialError } from "../../net/dial.ts";
import type { Link } from "../../net/link.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import type { State } from "../../state/state.ts";
import type { Clock } from "../clock.ts";
import {
  DIAL_BACKOFF_MAX_MS,
  DIALS_AT_ONCE,
  NAMED_BACKOFF_MAX_MS,
  PEER_CONNECTION_DROP_TIME,
} from "../network-bounds.ts";
import type { Random } from "../random.ts";
import { aside } from "../store-guard.ts";
import type { Bans } from "./bans.ts";
import {
  type Candidate,
  candidates,
  chooseCandidate,
  eliminationChance,
  type StakedPeer,
  stakedPeers,
} from "./candidates.ts";
import { DialMemory, dialled } from "./dial-memory.ts";
import type { Neighbour, Origin } from "./neighbour.ts";
import { addressRange, addressText, type PeerAddress } from "./peer-address.ts";
import { isPrivateHost } from "./private-host.ts";

const OTHER_NETWORK = "it is of another network";

/**
 * Opens a connection. @param mayReach whether an IP address that the host's name resolves to may be
 * connected to; all may when absent
 * @throws DialError
 */
export type Dial = (address: PeerAddress, mayReach?: (ip: string) => boolean) => Promise<Link>;

export interface OutgoingOptions {
  readonly publicKey: Uint8Array;
  /** Hash key of the genesis State. */
  readonly network: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly dial: Dial;
  readonly bans: Bans;
  /** Number of connections wanted. */
  readonly target: number;
  /** Whether published addresses of private networks are dialled. */
  readonly allowsPrivate: boolean;
  /** Serves a link from now on. */
  readonly attach: (link: Link, origin: Origin) => Neighbour;
  /** The key that a neighbour proves. @throws NoReplyError */
  readonly prove: (neighbour: Neighbour, expected: Uint8Array | null) => Promise<Uint8Array | null>;
  /** A connection stands, and is to be used. */
  readonly onConnected: (neighbour: Neighbour) => void;
  /** Hears of a host of the operator's that is of no use. */
  readonly onNotice: (notice: string) => void;
  /** A peer could not be reached at its address. */
  readonly onUnreachable: (key: string) => void;
}

/** A host that the operator has named. */
export interface NamedAddress {
  readonly address: PeerAddress;
  /** Whether it is connected to at all times, or only when others are wanting. */
  readonly isPermanent: boolean;
}

export class Outgoing {
  target: number;
  readonly #options: OutgoingOptions;
  readonly #memory: DialMemory;
  readonly #connected = new Set<Neighbour>();
  readonly #named = new Map<string, NamedAddress>();
  /** Addresses that are being dialled. */
  readonly #dialling = new Set<string>();
  /** Addresses of named hosts that were found to be of another network, or this peer's own. */
  readonly #useless = new Set<string>();
  #lastTickMs: number;
  #isClosed = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#memory = new DialMemory(options.random);
    this.target = options.target;
    this.#lastTickMs = options.clock.now();
  }

  get connected(): ReadonlySet<Neighbour> {
    return this.#connected;
  }

  /** Addresses that the operator has named. */
  get named(): PeerAddress[] {
    return [...this.#named.values()].map(({ address }) => address);
  }

  /** Adds a host of the operator's. */
  name(address: PeerAddress, isPermanent: boolean): void {
    const text = addressText(address);
    const known = this.#named.get(text);
    this.#named.set(text, { address, isPermanent: isPermanent || known?.isPermanent === true });
    this.#memory.succeeded(dialled(address, null));
  }

  /** Forgets a host of the operator's; its connection is closed by whoever asks for this. */
  unname(address: PeerAddress): boolean {
    return this.#named.delete(addressText(address));
  }

  closed(neighbour: Neighbour): void {
    if (!this.#connected.delete(neighbour) || this.#isClosed) return;
    if (this.#isLonely) this.#memory.forget();
    const { origin, key } = neighbour;
    this.#failed(origin.address, origin.isNamed ? null : key);
  }

  /** A peer has shown that it runs: former failures at its address no longer count. */
  isBack(key: string, state: State): void {
    const address = stakedPeers(state).find((peer) => peer.key === key)?.address ?? null;
    if (address === null) return;
    for (const by of [null, key]) this.#memory.succeeded(dialled(address, by));
  }

  close(): void {
    this.#isClosed = true;
  }

  /**
   * Whether there is no connection at all. Then it is more likely that this machine is offline than
   * that all others are, and no address is dialled less often for it.
   */
  get #isLonely(): boolean {
    return this.#connected.size === 0;
  }

  /** Looks after the connections; called every now and then. */
  tick(state: State): void {
    const { clock } = this.#options;
    const now = clock.now();
    const elapsedMs = now - this.#lastTickMs;
    this.#lastTickMs = now;
    const peers = stakedPeers(state);
    this.#dropUnwanted(peers);
    if (this.#connected.size >= this.target) this.#eliminate(peers, elapsedMs);
    this.#dialNamed(now);
    this.#dialPublished(peers, now);
  }

  /** Peers that have left the State, or lost their stake, unless the operator has named them. */
  #dropUnwanted(peers: readonly StakedPeer[]): void {
    let staked: ReadonlySet<string> | null = null;
    for (const neighbour of this.#connected) {
      if (neighbour.origin.isNamed) continue;
      staked ??= new Set(peers.map(({ key }) => key));
      if (neighbour.key !== null && staked.has(neighbour.key)) continue;
      neighbour.connection.close("its stake is insufficient");
    }
  }

  #eliminate(peers: readonly StakedPeer[], elapsedMs: number): void {
    const total = peers.reduce((sum, { stake }) => sum + stake, 0);
    const stakes = new Map(peers.map(({ key, stake }) => [key, stake]));
    // With all other peers connected there is nobody to make room for.
    if (peers.length - 1 <= this.#connected.size) return;
    for (const neighbour of this.#connected) {
      if (neighbour.origin.isNamed || neighbour.key === null) continue;
      const share = (stakes.get(neighbour.key) ?? 0) / total;
      const chance = eliminationChance(share, this.target, elapsedMs, PEER_CONNECTION_DROP_TIME);
      if (this.#options.random.number() < chance) {
        neighbour.connection.close("another peer gets its chance");
      }
    }
  }

  /** Hosts of the operator's: permanent ones always, others while connections are wanting. */
  #dialNamed(now: number): void {
    const isWanting = this.#connected.size < this.target;
    const connected = new Set<string>();
    for (const { origin } of this.#connected) connected.add(addressText(origin.address));
    for (const [text, { address, isPermanent }] of this.#named) {
      if (!isPermanent && !isWanting) continue;
      if (connected.has(text) || !this.#mayDial(address, null, now)) continue;
      aside(this.#options.clock, this.#dial(address, null));
    }
  }

  #dialPublished(peers: readonly StakedPeer[], now: number): void {
    const { random, bans, publicKey } = this.#options;
    if (this.#connected.size + this.#dialling.size >= this.target) return;
    if (peers.every(({ address }) => address === null)) return;
    const own = keyOf(publicKey);
    const connected = new Set([...this.#connected].map(({ key }) => key));
    let open: Candidate[] = candidates(peers, {
      isExcluded: (key) => key === own || connected.has(key) || bans.hasKey(key),
      mayDial: (address, key) => this.#mayDial(address, key, now),
      allowsPrivate: this.#allowsPrivate,
    });
    const ranges = this.#ranges();
    while (this.#connected.size + this.#dialling.size < this.target) {
      const chosen = chooseCandidate(open, ranges, random);
      if (chosen === null || this.#dialling.size >= DIALS_AT_ONCE) return;
      open = open.filter((each) => each !== chosen);
      aside(this.#options.clock, this.#dial(chosen.address, chosen.key));
    }
  }

  /**
   * Whether published addresses of private networks are dialled: also when a named host has one.
   */
  get #allowsPrivate(): boolean {
    return this.#options.allowsPrivate || this.named.some(({ host }) => isPrivateHost(host));
  }

  #mayDial(address: PeerAddress, key: string | null, now: number): boolean {
    const isUnderWay = this.#dialling.has(addressText(address));
    if (isUnderWay || this.#options.bans.hasHost(address.host)) return false;
    return this.#memory.mayDial(dialled(address, key), now);
  }

  /** Number of connections by address range. */
  #ranges(): Map<string, number> {
    const ranges = new Map<string, number>();
    for (const { connection } of this.#connected) {
      const range = addressRange(connection.link.remote.host);
      ranges.set(range, (ranges.get(range) ?? 0) + 1);
    }
    return ranges;
  }

  /** @param key of the peer that has published the address, null for a host of the operator's */
  async #dial(address: PeerAddress, key: string | null): Promise<void> {
    const text = addressText(address);
    this.#dialling.add(text);
    try {
      const isNamed = key === null;
      // A public name that resolves to a private address is a trick of whoever has published it.
      const link = await (isNamed || this.#allowsPrivate
        ? this.#options.dial(address)
        : this.#options.dial(address, (ip) => !isPrivateHost(ip)));
      const neighbour = this.#options.attach(link, { direction: "outgoing", isNamed, address });
      const isUsed = await this.#establish(neighbour, key);
      if (isUsed) this.#memory.succeeded(dialled(address, key));
      else this.#failed(address, key);
    } catch (error) {
      if (!(error instanceof DialError || error instanceof NoReplyError)) throw error;
      this.#failed(address, key);
      if (key !== null) this.#options.onUnreachable(key);
    } finally {
      this.#dialling.delete(text);
    }
  }

  /** @param key of the peer that has published the address, null for a host of the operator's */
  #failed(address: PeerAddress, key: string | null): void {
    const isBrief = key === null || this.#isLonely;
    const pauseMaxMs = isBrief ? NAMED_BACKOFF_MAX_MS : DIAL_BACKOFF_MAX_MS;
    this.#memory.failed(dialled(address, key), this.#options.clock.now(), pauseMaxMs);
  }

  /**
   * Has the other end prove its key, and takes the connection into use; false when it is of no use.
   * @param key of the peer that has published the address, null for a host of the operator's
   * @throws NoReplyError when a peer that is not named does not answer the challenge
   */
  async #establish(neighbour: Neighbour, key: string | null): Promise<boolean> {
    const expected = key === null ? null : bytesOfKey(key);
    const proven = await this.#proof(neighbour, expected);
    const isForeign = proven === null && (await this.#isOfAnotherNetwork(neighbour));
    const isOwn = proven !== null && keyOf(proven) === keyOf(this.#options.publicKey);
    const why = isForeign ? "is of another network" : isOwn ? "is this peer itself" : null;
    this.#noteUseless(neighbour, why);
    if (!neighbour.isOpen || this.#isClosed) {
      neighbour.connection.close("it is not needed");
      return false;
    }
    const refusal = isForeign ? OTHER_NETWORK : this.#refusalOf(neighbour, proven);
    if (refusal !== null) {
      neighbour.connection.close(refusal);
      if (key !== null) this.#options.onUnreachable(key);
      return false;
    }
    if (this.#isLonely) this.#memory.forget();
    this.#connected.add(neighbour);
    this.#options.onConnected(neighbour);
    return true;
  }

  /** The key that the other end proves. A named host may prove none, and is used all the same. */
  async #proof(neighbour: Neighbour, expected: Uint8Array | null): Promise<Uint8Array | null> {
    try {
      return await this.#options.prove(neighbour, expected);
    } catch (error) {
      if (error instanceof NoReplyError && neighbour.origin.isNamed) return null;
      neighbour.connection.close("it did not answer a challenge");
      throw error;
    }
  }

  /** A named host that has proved no key is asked; a proof holds for this network alone. */
  async #isOfAnotherNetwork(neighbour: Neighbour): Promise<boolean> {
    if (!neighbour.origin.isNamed || !neighbour.isOpen) return false;
    try {
      const status = await neighbour.askStatus();
      return status !== null && status.genesis !== this.#options.network;
    } catch (error) {
      if (error instanceof NoReplyError) return false;
      throw error;
    }
  }

  /** Tells the operator once why a named host is of no use; it is dialled again all the same. */
  #noteUseless({ origin }: Neighbour, why: string | null): void {
    const address = addressText(origin.address);
    if (why === null || !origin.isNamed) this.#useless.delete(address);
    else if (!this.#useless.has(address)) {
      this.#useless.add(address);
      this.#options.onNotice(`${address} ${why}: it is not used`);
    }
  }

  /** Why a connection is closed again, null when it is used: then the neighbour has its key. */
  #refusalOf(neighbour: Neighbour, proven: Uint8Array | null): string | null {
    const { origin, connection } = neighbour;
    const hosts = [origin.address.host, connection.link.remote.host];
    // A ban, or the end of a wish, may have come while it was dialled; a name may lead to any host.
    if (hosts.some((host) => this.#options.bans.hasHost(host))) return "it is banned";
    if (origin.isNamed && !this.#named.has(addressText(origin.address))) return "it was dropped";
    if (proven === null) return neighbour.origin.isNamed ? null : "it did not prove its key";
    const key = keyOf(proven);
    if (key === keyOf(this.#options.publicKey)) return "it is this peer itself";
    if (this.#options.bans.hasKey(key)) return "it is banned";
    for (const other of this.#connected) {
      if (other.key === key && other.isOpen) return "there is a connection to this peer already";
    }
    neighbour.key = key;
    return null;
  }
}
