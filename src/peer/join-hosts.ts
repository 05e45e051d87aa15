// The hosts that a peer joins by: connected to, asked who they are and which network they are of, and
// used as sources of cells. They are not served, and know nothing of this peer.

import { DialError } from "../net/dial.ts";
import type { Link } from "../net/link.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import type { Store } from "../store/store.ts";
import { ClientConnections } from "./client-connections.ts";
import type { Clock } from "./clock.ts";
import { Neighbour, type RemoteStatus } from "./neighbour.ts";
import type { PeerAddress } from "./peer-address.ts";

/** A host that answered. */
export interface JoinHost {
  readonly address: PeerAddress;
  readonly neighbour: Neighbour;
  status: RemoteStatus;
}

export interface FailedHost {
  readonly address: PeerAddress;
  /** A sentence for the operator. */
  readonly reason: string;
  /** Whether its name does not resolve. */
  readonly hasNoAddress: boolean;
}

export class JoinHosts {
  readonly #dial: (address: PeerAddress) => Promise<Link>;
  readonly #connections: ClientConnections;
  readonly hosts: JoinHost[] = [];
  readonly failed: FailedHost[] = [];

  constructor(clock: Clock, store: Store, dial: (address: PeerAddress) => Promise<Link>) {
    this.#dial = dial;
    this.#connections = new ClientConnections(clock, store);
  }

  /** Connects to all, and asks each for its status. */
  async connect(addresses: readonly PeerAddress[]): Promise<void> {
    await Promise.all(addresses.map((address) => this.#connect(address)));
  }

  async #connect(address: PeerAddress): Promise<void> {
    try {
      const link = await this.#dial(address);
      const { host, port } = address;
      const origin = { direction: "outgoing", isNamed: true, address } as const;
      const neighbour = new Neighbour(this.#connections.attach(link), origin);
      const status = await neighbour.askStatus();
      if (status !== null) this.hosts.push({ address, neighbour, status });
      else this.#fail(address, `What answers at ${host}:${port} is no Convex peer`);
    } catch (error) {
      if (error instanceof DialError) this.#fail(address, error.message, error.code === "NAME");
      else if (error instanceof NoReplyError) {
        const where = `${address.host}:${address.port}`;
        const advice = "check that it is the port of a Convex peer";
        this.#fail(
          address,
          `What listens at ${where} tells no status (${error.message}): ${advice}`,
        );
      } else throw error;
    }
  }

  #fail(address: PeerAddress, reason: string, hasNoAddress = false): void {
    this.failed.push({ address, reason, hasNoAddress });
  }

  /** Leaves a host out. */
  refuse(host: JoinHost, reason: string): void {
    host.neighbour.connection.close("another network is meant");
    this.hosts.splice(this.hosts.indexOf(host), 1);
    this.#fail(host.address, reason);
  }

  /** Those that can be asked for cells now. */
  get providers(): Neighbour[] {
    return this.hosts.map(({ neighbour }) => neighbour).filter(({ isOpen }) => isOpen);
  }

  close(): void {
    this.#connections.close("joined");
  }
}
