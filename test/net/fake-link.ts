// Links without sockets, for tests: two ends that hand each other payloads.

import type { Value } from "../../src/data/cell.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Link, LinkHandler, RemoteAddress } from "../../src/net/link.ts";
import { RESULT_TAG } from "../../src/net/message.ts";

export class FakeLink implements Link {
  readonly remote: RemoteAddress;
  isTrusted = false;
  isOpen = true;
  queuedBytes = 0;
  closedFor: string | null = null;
  /** What was sent, whether or not there is another end. */
  readonly sent: Uint8Array[] = [];
  /** Whether `send` takes nothing. */
  isFull = false;
  #handler: LinkHandler | null = null;
  #peer: FakeLink | null = null;
  readonly #received: Uint8Array[] = [];
  #isStarved = true;

  constructor(remote: RemoteAddress = { host: "192.0.2.1", port: 1 }) {
    this.remote = remote;
  }

  static pair(): [FakeLink, FakeLink] {
    const ends: [FakeLink, FakeLink] = [new FakeLink(), new FakeLink()];
    ends[0].#peer = ends[1];
    ends[1].#peer = ends[0];
    return ends;
  }

  open(handler: LinkHandler): void {
    this.#handler = handler;
    if (this.#received.length > 0) this.#tell();
  }

  /** A payload comes from the other end. */
  arrive(payload: Uint8Array): void {
    this.#received.push(payload);
    if (this.#isStarved) this.#tell();
  }

  #tell(): void {
    if (this.#handler === null) return;
    this.#isStarved = false;
    this.#handler.readable();
  }

  /** Payloads that have come and are not taken. */
  get untaken(): number {
    return this.#received.length;
  }

  receive(): Uint8Array | null {
    const payload = this.isOpen ? (this.#received.shift() ?? null) : null;
    if (payload === null) this.#isStarved = true;
    return payload;
  }

  send(payload: Uint8Array): boolean {
    if (!this.isOpen || this.isFull) return false;
    this.sent.push(payload);
    this.#peer?.arrive(payload);
    return true;
  }

  drained(): void {
    this.queuedBytes = 0;
    this.#handler?.drained();
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.closedFor = reason;
    this.#handler?.closed(reason);
    this.#peer?.close("closed by the other side");
  }

  check(): void {}
}

/** A Result that answers with a value, as its payload. */
export function resultPayload(id: Value, value: Value): Uint8Array {
  return encodeMultiCell(new DenseRecord(RESULT_TAG, Vector.of(id, value, null, null, null)));
}
