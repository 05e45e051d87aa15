// Frames (sheet 04 §5): the length of the payload as a VLQ count, minimal and of at most four
// bytes, then the payload. There are no empty payloads.

import { vlqLength, type Writer } from "../data/writer.ts";
import { MAX_FRAME_HEADER_LENGTH, MAX_MESSAGE_LENGTH } from "./bounds.ts";

/** Bytes that begin no frame; whoever sends them is not speaking this protocol. */
export class FrameError extends Error {
  readonly code = "FRAME";
}

/** Bytes that a payload of this length takes on the wire. */
export function frameLength(payloadLength: number): number {
  return vlqLength(payloadLength) + payloadLength;
}

/** Writes what stands before a payload. @throws RangeError for a length that no message has */
export function writeFrameHeader(w: Writer, payloadLength: number): void {
  if (payloadLength < 1 || payloadLength > MAX_MESSAGE_LENGTH) {
    throw new RangeError(`a message of ${payloadLength} bytes`);
  }
  w.vlq(payloadLength);
}

/** The length before a payload, collected byte by byte. */
export class FrameHeader {
  #length = 0;
  #bytes = 0;

  /** Bytes seen. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes the next byte; the length of the payload when it was the last one, else -1.
   * @throws FrameError when no length of ours begins so
   */
  take(byte: number): number {
    if (this.#bytes === 0 && byte === 0x80) throw new FrameError("length with a leading zero");
    this.#bytes++;
    this.#length = this.#length * 0x80 + (byte & 0x7f);
    if (this.#length > MAX_MESSAGE_LENGTH) {
      throw new FrameError(`message of more than ${MAX_MESSAGE_LENGTH} bytes`);
    }
    if (byte >= 0x80) {
      if (this.#bytes < MAX_FRAME_HEADER_LENGTH) return -1;
      throw new FrameError(`length of more than ${MAX_FRAME_HEADER_LENGTH} bytes`);
    }
    if (this.#length === 0) throw new FrameError("empty message");
    const length = this.#length;
    this.#length = 0;
    this.#bytes = 0;
    return length;
  }
}
