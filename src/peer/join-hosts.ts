// The hosts that a peer joins by: connected to, asked who they are and which network they are of, and
// used as sources of cells. They are not served, and know nothing of this peer.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { CHECK_INTERVAL_MS, TURN_SLICE_MS } from "../net/bounds.ts";
import { Connection, type MessageHandler } from "../net/connection.ts";
import { DialError } from "../net/dial.ts";
import type { Link } from "../net/link.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import { Turns } from "../net/turns.ts";
import type { Store } from "../store/store.ts";
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
}

/** What comes unasked is not for a peer that is not there yet. */
const NO_HANDLER: MessageHandler = {
  message: () => {},
  unreadable: () => {},
  fault: () => {},
  writable: () => {},
  closed: () => {},
};

export class JoinHosts {
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #dial: (address: PeerAddress) => Promise<Link>;
  readonly #turns: Turns;
  readonly #connections: Connection[] = [];
  readonly hosts: JoinHost[] = [];
  readonly failed: FailedHost[] = [];
  #cancelCheck: (() => void) | null = null;

  constructor(clock: Clock, store: Store, dial: (address: PeerAddress) => Promise<Link>) {
    this.#clock = clock;
    this.#store = store;
    this.#dial = dial;
    this.#turns = new Turns(clock, TURN_SLICE_MS);
  }

  /** Connects to all, and asks each for its status. */
  async connect(addresses: readonly PeerAddress[]): Promise<void> {
    this.#watch();
    await Promise.all(addresses.map((address) => this.#connect(address)));
  }

  async #connect(address: PeerAddress): Promise<void> {
    try {
      const link = await this.#dial(address);
      const { host, port } = address;
      const neighbour = this.#attach(link, address);
      const status = await neighbour.askStatus();
      if (status !== null) this.hosts.push({ address, neighbour, status });
      else this.#fail(address, `What answers at ${host}:${port} is no Convex peer`);
    } catch (error) {
      if (error instanceof DialError) this.#fail(address, error.message);
      else if (error instanceof NoReplyError) {
        const where = `${address.host}:${address.port}`;
        this.#fail(address, `The peer at ${where} did not tell its status: ${error.message}`);
      } else throw error;
    }
  }

  #attach(link: Link, address: PeerAddress): Neighbour {
    const context = {
      clock: this.#clock,
      turns: this.#turns,
      table: CVM_TABLE,
      source: this.#store,
      handler: NO_HANDLER,
    };
    const connection = new Connection(link, context, true);
    this.#connections.push(connection);
    return new Neighbour(connection, { direction: "outgoing", isNamed: true, address });
  }

  #fail(address: PeerAddress, reason: string): void {
    this.failed.push({ address, reason });
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
    this.#cancelCheck?.();
    for (const connection of this.#connections) connection.close("joined");
  }

  #watch(): void {
    this.#cancelCheck = this.#clock.after(CHECK_INTERVAL_MS, () => {
      const now = this.#clock.now();
      for (const connection of this.#connections) connection.check(now);
      this.#watch();
    });
  }
}
