// hot: see test/bench. What waits to leave a link: small messages joined into batches, so that many
// Results cost one call of the system, and long ones as they are. Bounded by bytes and by number.

import { Writer } from "../data/writer.ts";
import { WRITE_BATCH_BYTES, WRITE_QUEUE_BYTES, WRITE_QUEUE_MESSAGES } from "./bounds.ts";
import { frameLength, writeFrameHeader } from "./frame.ts";

/** Payloads from this length on are not copied into a batch. */
const COPIED_MAX = 16_384;

/** Bytes that are handed over together, and how many messages end in them. */
interface Batch {
  readonly bytes: Uint8Array;
  readonly messages: number;
}

/** Payloads from 16 KB on are not copied: whoever has pushed one leaves it as it is. */
export class WriteQueue {
  readonly #batches: Batch[] = [];
  /** The batch that is being filled. */
  #writer: Writer | null = null;
  #writerMessages = 0;
  /** Bytes of the first batch that have been written. */
  #offset = 0;
  #bytes = 0;
  #messages = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get messages(): number {
    return this.#messages;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Takes a payload; false when the queue is too full for it. */
  push(payload: Uint8Array): boolean {
    const length = frameLength(payload.length);
    if (this.#bytes > 0) {
      if (this.#bytes + length > WRITE_QUEUE_BYTES) return false;
      if (this.#messages >= WRITE_QUEUE_MESSAGES) return false;
    }
    this.#writer ??= new Writer(1_024);
    writeFrameHeader(this.#writer, payload.length);
    if (payload.length < COPIED_MAX) {
      this.#writer.write(payload);
      this.#writerMessages++;
      if (this.#writer.pos >= WRITE_BATCH_BYTES) this.#seal();
    } else {
      this.#seal();
      this.#batches.push({ bytes: payload, messages: 1 });
    }
    this.#bytes += length;
    this.#messages++;
    return true;
  }

  #seal(): void {
    const writer = this.#writer;
    if (writer === null) return;
    const bytes = writer.bytes.subarray(0, writer.pos);
    this.#batches.push({ bytes, messages: this.#writerMessages });
    this.#writer = null;
    this.#writerMessages = 0;
  }

  /**
   * Hands bytes to `write`, which answers how many it took, until it takes no more or nothing is
   * left; a negative answer means that it takes nothing any more.
   */
  drain(write: (bytes: Uint8Array) => number): void {
    this.#seal();
    let done = 0;
    while (done < this.#batches.length) {
      const batch = this.#batches[done] as Batch;
      const rest = this.#offset === 0 ? batch.bytes : batch.bytes.subarray(this.#offset);
      const written = Math.max(0, write(rest));
      this.#bytes -= written;
      if (written < rest.length) {
        this.#offset += written;
        break;
      }
      this.#offset = 0;
      this.#messages -= batch.messages;
      done++;
    }
    this.#batches.splice(0, done);
  }

  clear(): void {
    this.#batches.length = 0;
    this.#writer = null;
    this.#writerMessages = 0;
    this.#offset = 0;
    this.#bytes = 0;
    this.#messages = 0;
  }
}
