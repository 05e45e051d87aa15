// The hosts that a peer joins by: connected to, asked who they are and which network they are of,
// and used as sources of cells. They are not served, and know nothing of this peer.

import { DialError } from "../net/dial.ts";
import type { Link } from "../net/link.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import type { Store } from "../store/store.ts";
import { JOIN_RECONNECT_MS } from "./bounds.ts";
import { type Clock, isOver } from "./clock.ts";
import { ClientConnections } from "./connections/client-connections.ts";
import { Neighbour, type RemoteStatus } from "./connections/neighbour.ts";
import { addressText, type PeerAddress } from "./connections/peer-address.ts";

/** A host that answered. */
export interface JoinHost {
  readonly address: PeerAddress;
  /** The connection to it; another one after it was lost. */
  neighbour: Neighbour;
  status: RemoteStatus;
}

export interface FailedHost {
  readonly address: PeerAddress;
  /** A sentence for the operator. */
  readonly reason: string;
  /** Whether its name does not resolve. */
  readonly hasNoAddress: boolean;
  /** Whether it is a peer of another network. */
  readonly isOfAnother: boolean;
}

/** Hosts that can't be reached, or are no peers, are in `failed`; nothing is thrown for them. */
export class JoinHosts {
  readonly #dial: (address: PeerAddress) => Promise<Link>;
  readonly #connections: ClientConnections;
  readonly #clock: Clock;
  /** Hosts that are being connected to again. */
  readonly #dialled = new Set<JoinHost>();
  #reconnectedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  readonly hosts: JoinHost[] = [];
  readonly failed: FailedHost[] = [];

  constructor(clock: Clock, store: Store, dial: (address: PeerAddress) => Promise<Link>) {
    this.#clock = clock;
    this.#dial = dial;
    this.#connections = new ClientConnections(clock, store);
  }

  /** Connects to all, and asks each for its status. */
  async connect(addresses: readonly PeerAddress[]): Promise<void> {
    await Promise.all(addresses.map((address) => this.#connect(address)));
  }

  async #connect(address: PeerAddress): Promise<void> {
    const where = `${address.host}:${address.port}`;
    try {
      const { neighbour, status } = await this.#open(address);
      if (status !== null) this.hosts.push({ address, neighbour, status });
      else this.#fail(address, `What answers at ${where} is no Convex peer`);
    } catch (error) {
      if (error instanceof DialError) this.#fail(address, error.message, error.code === "NAME");
      else if (error instanceof NoReplyError) {
        const advice = "check that it is the port of a Convex peer";
        this.#fail(
          address,
          `What listens at ${where} tells no status (${error.message}): ${advice}`,
        );
      } else throw error;
    }
  }

  /**
   * A connection to a host and the status that it gives; closed unless it gives one.
   * @throws DialError, NoReplyError
   */
  async #open(address: PeerAddress) {
    const link = await this.#dial(address);
    const origin = { direction: "outgoing", isNamed: true, address } as const;
    const neighbour = new Neighbour(this.#connections.attach(link), origin);
    let status: RemoteStatus | null = null;
    try {
      status = await neighbour.askStatus();
    } finally {
      if (status === null) neighbour.connection.close("it tells no status");
    }
    return { neighbour, status };
  }

  /** Connects again, every now and then, to the hosts whose connections are lost. */
  reconnect(): void {
    const now = this.#clock.now();
    if (this.#isClosed || !isOver(this.#reconnectedAtMs, JOIN_RECONNECT_MS, now)) return;
    this.#reconnectedAtMs = now;
    for (const host of this.hosts) {
      if (!host.neighbour.isOpen && !this.#dialled.has(host)) void this.#connectAgain(host);
    }
  }

  async #connectAgain(host: JoinHost): Promise<void> {
    this.#dialled.add(host);
    try {
      const { neighbour, status } = await this.#open(host.address);
      const isSame = status?.genesis === host.status.genesis && !this.#isClosed;
      if (isSame) host.neighbour = neighbour;
      else neighbour.connection.close("another network is meant");
    } catch (error) {
      // It is tried again.
      if (!(error instanceof DialError || error instanceof NoReplyError)) throw error;
    } finally {
      this.#dialled.delete(host);
    }
  }

  #fail(address: PeerAddress, reason: string, hasNoAddress = false): void {
    this.failed.push({ address, reason, hasNoAddress, isOfAnother: false });
  }

  /** Leaves a host out. */
  refuse(host: JoinHost, reason: string): void {
    host.neighbour.connection.close("another network is meant");
    this.hosts.splice(this.hosts.indexOf(host), 1);
    const { address } = host;
    this.failed.push({ address, reason, hasNoAddress: false, isOfAnother: true });
  }

  /** Those that can be asked for cells now. */
  get providers(): Neighbour[] {
    return this.hosts.map(({ neighbour }) => neighbour).filter(({ isOpen }) => isOpen);
  }

  close(): void {
    this.#isClosed = true;
    this.#connections.close("joined");
  }
}

/** Where hosts are, for the operator. */
export function namesOf(hosts: readonly JoinHost[]): string {
  return hosts.map(({ address }) => addressText(address)).join(", ");
}
