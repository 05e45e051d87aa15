// One message over HTTP as a connection of its own: it brings a request, takes the Result and ends.
// So requests over HTTP are answered by the same rules as those over TCP.

import type { Link, LinkClock, LinkHandler, RemoteAddress } from "../net/link.ts";
import { RESULT_TAG } from "../net/message.ts";

/** How long the answer is waited for. */
export const ANSWER_TIMEOUT_MS = 8_000;

export class HttpLink implements Link {
  readonly remote: RemoteAddress;
  isTrusted = false;
  readonly queuedBytes = 0;
  readonly #answered: (answer: Uint8Array | null) => void;
  /** The Result's payload; null when there will be none. */
  readonly answer: Promise<Uint8Array | null>;
  readonly #cancelTimeout: () => void;
  readonly #isOneWay: boolean;
  #request: Uint8Array | null;
  #handler: LinkHandler | null = null;
  #isOpen = true;

  /** @param isOneWay whether no answer is to be expected */
  constructor(request: Uint8Array, host: string, clock: LinkClock, isOneWay: boolean) {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    this.remote = { host, port: 0 };
    this.answer = promise;
    this.#answered = resolve;
    this.#request = request;
    this.#isOneWay = isOneWay;
    this.#cancelTimeout = clock.after(ANSWER_TIMEOUT_MS, () => this.close("no answer in time"));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(handler: LinkHandler): void {
    this.#handler = handler;
    handler.readable();
  }

  receive(): Uint8Array | null {
    const request = this.#request;
    this.#request = null;
    // Who asks for more has handled what it was given.
    if (request === null && this.#isOneWay) this.close("the message was handed over");
    return request;
  }

  /** Takes the Result; whatever else the peer would say to a connection has no receiver here. */
  send(payload: Uint8Array): boolean {
    if (!this.#isOpen) return false;
    if (payload[0] === RESULT_TAG) {
      this.#answered(payload);
      this.close("answered");
    }
    return true;
  }

  close(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#cancelTimeout();
    this.#answered(null);
    this.#handler?.closed(reason);
  }

  check(): void {}
}
