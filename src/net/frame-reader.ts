// hot: see test/bench. Cuts the bytes of a stream into payloads. What a length claims is never
// allocated before the bytes are there: a payload that is still coming in is kept as the chunks it
// came in, and joined when it is whole.

import { FrameHeader } from "./frame.ts";

/** Chunks below this are copied together: an object each would cost more than what they hold. */
const SMALL_CHUNK = 2_048;
const GATHERED_CHUNK = 16_384;

/** Of one stream; after a FrameError there is no telling where the next frame begins. */
export class FrameReader {
  readonly #header = new FrameHeader();
  /** Chunks as they came, without those that are used up; the first may be partly used. */
  readonly #chunks: Uint8Array[] = [];
  /** Position in the first chunk. */
  #pos = 0;
  /** Bytes not used yet. */
  #held = 0;
  /** Where small chunks are gathered: the memory of the last chunk, when that is one of ours. */
  #gathered: Uint8Array | null = null;
  /** Length of the payload that comes next, -1 until its header is complete. */
  #wanted = -1;

  /** Bytes received and not handed out. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Whether a frame has begun that is not complete; true only once `next` has answered null. */
  get isInsideFrame(): boolean {
    return this.#held > 0 || this.#wanted >= 0 || this.#header.bytes > 0;
  }

  /** Takes bytes over; they must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#held === 0 || chunk.length >= SMALL_CHUNK) {
      this.#chunks.push(chunk);
      this.#gathered = null;
    } else {
      this.#gather(chunk);
    }
    this.#held += chunk.length;
  }

  #gather(chunk: Uint8Array): void {
    const last = this.#chunks.length - 1;
    const used = this.#gathered === null ? 0 : (this.#chunks[last] as Uint8Array).length;
    if (this.#gathered !== null && used + chunk.length <= GATHERED_CHUNK) {
      this.#gathered.set(chunk, used);
      this.#chunks[last] = this.#gathered.subarray(0, used + chunk.length);
      return;
    }
    this.#gathered = new Uint8Array(GATHERED_CHUNK);
    this.#gathered.set(chunk);
    this.#chunks.push(this.#gathered.subarray(0, chunk.length));
  }

  /**
   * The next whole payload, in bytes of its own, or null when it has not come.
   * @throws FrameError for bytes that begin no frame
   */
  next(): Uint8Array | null {
    while (this.#wanted < 0) {
      if (this.#held === 0) return null;
      this.#wanted = this.#header.take(this.#byte());
    }
    if (this.#held < this.#wanted) return null;
    const payload = this.#take(this.#wanted);
    this.#wanted = -1;
    return payload;
  }

  /** Lets go of all bytes, for a stream that has ended. */
  clear(): void {
    this.#chunks.length = 0;
    this.#gathered = null;
    this.#pos = 0;
    this.#held = 0;
    this.#wanted = -1;
  }

  #byte(): number {
    const chunk = this.#chunks[0] as Uint8Array;
    const byte = chunk[this.#pos] as number;
    this.#advance(chunk, 1);
    return byte;
  }

  #take(length: number): Uint8Array {
    const chunk = this.#chunks[0] as Uint8Array;
    if (this.#pos + length <= chunk.length) {
      const payload = chunk.slice(this.#pos, this.#pos + length);
      this.#advance(chunk, length);
      return payload;
    }
    const payload = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const from = this.#chunks[0] as Uint8Array;
      const n = Math.min(length - filled, from.length - this.#pos);
      payload.set(from.subarray(this.#pos, this.#pos + n), filled);
      filled += n;
      this.#advance(from, n);
    }
    return payload;
  }

  #advance(chunk: Uint8Array, n: number): void {
    this.#pos += n;
    this.#held -= n;
    if (this.#pos < chunk.length) return;
    this.#pos = 0;
    // At once: a sender whose frames never end where a chunk does would have all of them kept.
    this.#chunks.shift();
    if (this.#chunks.length === 0) this.#gathered = null;
  }
}
