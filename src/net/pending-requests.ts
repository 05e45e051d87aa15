// Requests of this side that wait for their reply, by id: unique on their connection, counted from
// 0 as the reference does.

import { ByteReader } from "../data/byte-reader.ts";
import type { Value } from "../data/cell.ts";
import { CAD3_TABLE } from "../data/decode.ts";
import { BadFormatError } from "../data/errors.ts";
import { REQUESTS_PER_CONNECTION_MAX } from "./bounds.ts";
import type { LinkClock } from "./link.ts";

/**
 * `CLOSED` before a reply came, `TIMEOUT`, `LENGTH`: longer than any that is right, or `LOAD`: too
 * much waits on this side already.
 */
export type NoReplyCode = "CLOSED" | "TIMEOUT" | "LENGTH" | "LOAD";

/** A request that got no reply. */
export class NoReplyError extends Error {
  readonly code: NoReplyCode;
  constructor(code: NoReplyCode, message: string) {
    super(message);
    this.code = code;
  }
}

interface Pending {
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: NoReplyError) => void;
  readonly cancelTimeout: () => void;
}

/** Of one connection: at most REQUESTS_PER_CONNECTION_MAX, further ones are refused with LOAD. */
export class PendingRequests {
  readonly #clock: LinkClock;
  readonly #pending = new Map<Value, Pending>();
  #nextId = 0;

  constructor(clock: LinkClock) {
    this.#clock = clock;
  }

  /**
   * Sends a request under a fresh id and resolves with the payload of the reply.
   * @param send answers whether the request was taken
   * @throws NoReplyError
   */
  add(send: (id: number) => boolean, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      if (this.#pending.size >= REQUESTS_PER_CONNECTION_MAX || !send(id)) {
        reject(new NoReplyError("LOAD", "too much waits to be sent or answered"));
        return;
      }
      const cancelTimeout = this.#clock.after(timeoutMs, () => {
        this.#pending.delete(id);
        reject(new NoReplyError("TIMEOUT", `no reply in ${timeoutMs} ms`));
      });
      this.#pending.set(id, { resolve, reject, cancelTimeout });
    });
  }

  /** Hands a Result to who waits for it; one that nobody waits for is dropped (sheet 04 §5.3). */
  settle(payload: Uint8Array): void {
    const id = resultId(payload);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.cancelTimeout();
    pending.resolve(payload);
  }

  /** The connection is gone. */
  rejectAll(reason: string): void {
    for (const { reject, cancelTimeout } of this.#pending.values()) {
      cancelTimeout();
      reject(new NoReplyError("CLOSED", reason));
    }
    this.#pending.clear();
  }
}

/** The id in the bytes of a Result, null when there is none; reads no further. */
function resultId(payload: Uint8Array): Value {
  try {
    const r = new ByteReader(payload, CAD3_TABLE, null, false);
    r.skip(1);
    r.vlq();
    return r.value();
  } catch (error) {
    if (error instanceof BadFormatError) return null;
    throw error;
  }
}
