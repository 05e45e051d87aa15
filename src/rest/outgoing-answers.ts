// Large answers on their way. A short one is handed to the system as a whole. What is left of a
// large one stays in memory until its client has taken it, so that what is kept of all has a bound:
// beyond it, the one that was taken nothing of for longest is cut off.

/** Characters, or bytes, of an answer that is sent as a whole. */
const SHORT = 262_144;
/** Characters that a client is given at a time. */
const PART = 65_536;
/** Characters of answers that are not taken yet; a single one has half of it at most. */
export const ROOM = 64 * 2 ** 20;

interface Outgoing {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly length: number;
}

const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;
const encoder = new TextEncoder();

export class OutgoingAnswers {
  /** The one that was taken something of last stands at the end. */
  readonly #open = new Set<Outgoing>();
  #held = 0;

  /** Characters of answers that are not taken yet. */
  get held(): number {
    return this.#held;
  }

  /** The content as a body of a response. */
  body(content: string | Uint8Array): string | Uint8Array | ReadableStream<Uint8Array> {
    return content.length <= SHORT ? content : this.#stream(content);
  }

  #stream(content: string | Uint8Array): ReadableStream<Uint8Array> {
    let outgoing: Outgoing | null = null;
    let at = 0;
    const over = () => {
      if (outgoing !== null) this.#forget(outgoing);
    };
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          // Not before: nobody reads the answer to a HEAD.
          outgoing ??= { controller, length: content.length };
          this.#keep(outgoing);
          const part = partOf(content, at);
          at += part.length;
          controller.enqueue(typeof part === "string" ? encoder.encode(part) : part);
          if (at < content.length) return;
          over();
          controller.close();
        },
        cancel: over,
      },
      { highWaterMark: 0 },
    );
  }

  #keep(outgoing: Outgoing): void {
    if (!this.#open.delete(outgoing)) this.#held += outgoing.length;
    this.#open.add(outgoing);
    for (const slowest of this.#open) {
      if (this.#held <= ROOM || slowest === outgoing) return;
      this.#forget(slowest);
      slowest.controller.error(new Error("others want their answers"));
    }
  }

  #forget(outgoing: Outgoing): void {
    if (this.#open.delete(outgoing)) this.#held -= outgoing.length;
  }
}

/** The next part of a content; no character is cut into two. */
function partOf<T extends string | Uint8Array>(content: T, at: number): T {
  const part = content.slice(at, at + PART) as T;
  const isCut = typeof part === "string" && part.length === PART && HIGH_SURROGATE.test(part);
  return isCut ? (part.slice(0, -1) as T) : part;
}

/** Those of this process. */
export const OUTGOING = new OutgoingAnswers();
