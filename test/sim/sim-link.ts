// One end of a simulated connection. What is sent goes to the network (sim-network.ts), which
// decides when, how often and whether it arrives.

import { WRITE_HIGH_WATER_BYTES, WRITE_QUEUE_BYTES } from "../../src/net/bounds.ts";
import type { Link, LinkHandler, RemoteAddress } from "../../src/net/link.ts";
import type { SimPeer } from "./sim-peer.ts";

export interface LinkNetwork {
  transmit(from: SimLink, payload: Uint8Array): void;
  hangUp(from: SimLink): void;
}

export class SimLink implements Link {
  readonly remote: RemoteAddress;
  readonly owner: SimPeer;
  /** Which life of its owner it belongs to. */
  readonly life: number;
  isOpen = true;
  isTrusted = false;
  queuedBytes = 0;
  other: SimLink | null = null;
  /** When the last message that keeps its order arrives at the other end. */
  arrivesAt = 0;
  readonly #network: LinkNetwork;
  #handler: LinkHandler | null = null;
  #inbox: Uint8Array[] = [];
  #isStarved = true;
  #wasHigh = false;

  constructor(owner: SimPeer, remote: RemoteAddress, network: LinkNetwork) {
    this.owner = owner;
    this.life = owner.life;
    this.remote = remote;
    this.#network = network;
  }

  open(handler: LinkHandler): void {
    this.#handler = handler;
    this.#tell();
  }

  receive(): Uint8Array | null {
    const payload = this.#inbox.shift() ?? null;
    this.#isStarved = payload === null;
    return payload;
  }

  send(payload: Uint8Array): boolean {
    if (!this.isOpen || this.queuedBytes + payload.length > WRITE_QUEUE_BYTES) return false;
    this.queuedBytes += payload.length;
    if (this.queuedBytes > WRITE_HIGH_WATER_BYTES) this.#wasHigh = true;
    this.#network.transmit(this, payload);
    return true;
  }

  /** So many bytes have left. */
  left(bytes: number): void {
    this.queuedBytes -= bytes;
    if (!this.#wasHigh || this.queuedBytes > WRITE_HIGH_WATER_BYTES / 2 || !this.isOpen) return;
    this.#wasHigh = false;
    this.#handler?.drained();
  }

  /** A message has come. */
  take(payload: Uint8Array): void {
    if (!this.isOpen) return;
    this.#inbox.push(payload);
    this.#tell();
  }

  #tell(): void {
    if (!this.#isStarved || this.#inbox.length === 0 || this.#handler === null) return;
    this.#isStarved = false;
    this.#handler.readable();
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.#finish(reason);
    this.#network.hangUp(this);
  }

  /** The other end has closed it, or the network has. */
  lost(reason: string): void {
    if (this.isOpen) this.#finish(reason);
  }

  #finish(reason: string): void {
    this.isOpen = false;
    this.#inbox = [];
    this.#handler?.closed(reason);
  }

  check(): void {}
}
