// Bodies on their way: how much memory all that have not come to their end may take, in how many
// pieces one may come, and when it is read. One of some length is handed over in a turn of the
// lane, since what is in it takes longer to read than to send.

import { RequestError } from "./request-fields.ts";
import type { WorkLane } from "./work-lane.ts";

/** Bytes that are read as they come, without ado. */
const SHORT_BYTES = 2_048;
/**
 * Bytes of memory for bodies that are not handed over yet, whoever sends them: then the oldest give
 * way.
 */
export const ROOM_BYTES = 64 * 2 ** 20;
/**
 * Pieces of a body of undeclared length, and bytes for each further one. A piece takes 2 µs, and
 * thousands come with one packet: 2 MB byte by byte took 3.2 s and 150 MB.
 */
const PIECES_MAX = 10_000;
const BYTES_PER_PIECE = 64;

/** Too much is on its way, and this has been for longest. */
export class BodiesFullError extends Error {}

const FULL = "Too many bodies are on their way: try again in a moment";

/** Hears a number of bytes. */
type Count = (bytes: number) => void;

/** Reads a body. @throws RequestError 413, 400; BodiesFullError; DOMException when it is cut off */
type BodyReader = (bytesMax: number) => Promise<Uint8Array>;

interface Incoming {
  readonly reader: Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;
  /** Bytes of memory that what came of it takes. */
  held: number;
}

const readers = new WeakMap<Request, BodyReader>();

/** What reads the body of a request, undefined for one that is declared to be short. */
export function bodyReader(request: Request): BodyReader | undefined {
  return readers.get(request);
}

export class IncomingBodies {
  readonly #lane: Pick<WorkLane, "turn">;
  /** Those that have not come to their end, in the order they began. */
  readonly #open = new Set<Incoming>();
  #held = 0;

  constructor(lane: Pick<WorkLane, "turn">) {
    this.#lane = lane;
  }

  /** Bytes of memory that bodies take which are not handed over. */
  get heldBytes(): number {
    return this.#held;
  }

  /**
   * Has the body of a request read in its turn, if it may be long.
   * @param count hears how much was read of one whose length was not declared
   */
  expect(request: Request, count: (bytes: number) => void): void {
    if (request.method !== "POST") return;
    const declared = request.headers.get("content-length");
    if (declared !== null && Number(declared) <= SHORT_BYTES) return;
    const counted = declared === null ? count : null;
    readers.set(request, (bytesMax) => this.#read(request, bytesMax, counted));
  }

  async #read({ body }: Request, bytesMax: number, count: Count | null): Promise<Uint8Array> {
    if (body === null) return new Uint8Array(0);
    const incoming: Incoming = { reader: body.getReader(), held: 0 };
    this.#open.add(incoming);
    try {
      const whole = await this.#received(incoming, bytesMax, count);
      if (whole.length > SHORT_BYTES) await this.#lane.turn();
      return whole;
    } finally {
      this.#release(incoming);
    }
  }

  /** All of a body. @param count null where its length is declared */
  async #received(incoming: Incoming, bytesMax: number, count: Count | null): Promise<Uint8Array> {
    const { reader } = incoming;
    let whole = new Uint8Array(0);
    let bytes = 0;
    let pieces = 0;
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (!this.#open.has(incoming)) throw new BodiesFullError(FULL);
        if (done) break;
        if (bytes + value.length > bytesMax) throw new RequestError(413, "Content Too Large");
        whole = appended(whole, bytes, value);
        bytes += value.length;
        if (count !== null && ++pieces > PIECES_MAX + bytes / BYTES_PER_PIECE) {
          throw new RequestError(400, "The body comes in too many pieces");
        }
        this.#keep(incoming, whole.length);
      }
    } finally {
      this.#open.delete(incoming);
      count?.(bytes);
      // What may still come of it is not kept.
      void reader.cancel().catch(() => {});
    }
    return whole.subarray(0, bytes);
  }

  #keep(incoming: Incoming, bytes: number): void {
    this.#held += bytes - incoming.held;
    incoming.held = bytes;
    for (const oldest of this.#open) {
      if (this.#held <= ROOM_BYTES) return;
      this.#open.delete(oldest);
      this.#release(oldest);
      // Ends its wait for what comes next.
      void oldest.reader.cancel().catch(() => {});
    }
  }

  #release(incoming: Incoming): void {
    this.#held -= incoming.held;
    incoming.held = 0;
  }
}

/** The first bytes of a buffer, which may be used up, with others behind them. */
function appended(
  buffer: Uint8Array<ArrayBuffer>,
  length: number,
  more: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const end = length + more.length;
  let whole = buffer;
  if (end > buffer.length) {
    whole = new Uint8Array(length === 0 ? end : 2 * end);
    whole.set(buffer.subarray(0, length));
  }
  whole.set(more, length);
  return whole;
}
