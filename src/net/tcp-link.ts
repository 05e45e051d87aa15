// hot: see test/bench. A link over one TCP socket. It reads no more while what has come is not
// taken, joins what is sent in the same moment into few writes, and gives up remotes that are too
// slow.

import {
  READ_AHEAD_BYTES,
  SLOW_FRAME_GRACE_MS,
  SLOW_FRAME_RATE,
  WRITE_HIGH_WATER_BYTES,
  WRITE_TIMEOUT_MS,
} from "./bounds.ts";
import { FrameError } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Link, LinkClock, LinkHandler, RemoteAddress } from "./link.ts";
import type { BufferHolder, SharedBuffer } from "./shared-buffer.ts";
import { WriteQueue } from "./write-queue.ts";

/** What a link needs of a socket of Bun. */
export interface TcpSocket {
  write(bytes: Uint8Array): number;
  end(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

/** What the links of one peer share. */
export interface LinkMemory {
  readonly reading: SharedBuffer;
  readonly writing: SharedBuffer;
}

const MS_PER_SECOND = 1_000;

export class TcpLink implements Link {
  readonly remote: RemoteAddress;
  isTrusted = false;
  readonly #socket: TcpSocket;
  readonly #clock: LinkClock;
  readonly #memory: LinkMemory;
  readonly #reader = new FrameReader();
  readonly #queue = new WriteQueue();
  readonly #readHolder: BufferHolder;
  readonly #writeHolder: BufferHolder;
  readonly #onClosed: (link: TcpLink) => void;
  #handler: LinkHandler | null = null;
  #isOpen = true;
  #isPaused = false;
  /** Whether `receive` has answered null since bytes came, so that the handler wants to be told. */
  #isStarved = true;
  #isFlushing = false;
  /** Whether the socket has said that it takes no more, until it says that it does. */
  #isFull = false;
  /** Whether too much has waited to be sent, and the handler was not told yet that it has left. */
  #wasHigh = false;
  /** When the message that is coming in began, 0 without one, and bytes received since. */
  #frameSince = 0;
  #frameBytes = 0;
  /** When the socket last took bytes, or began to be asked to. */
  #writeProgress = 0;

  constructor(
    socket: TcpSocket,
    remote: RemoteAddress,
    clock: LinkClock,
    memory: LinkMemory,
    onClosed: (link: TcpLink) => void = () => {},
  ) {
    this.#socket = socket;
    this.remote = remote;
    this.#clock = clock;
    this.#memory = memory;
    this.#onClosed = onClosed;
    const link = this;
    const holder = (reason: string): BufferHolder => ({
      get isTrusted() {
        return link.isTrusted;
      },
      evict: () => link.#abort(reason),
    });
    this.#readHolder = holder("its message needs memory that others need more");
    this.#writeHolder = holder("what it does not read needs memory that others need more");
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  open(handler: LinkHandler): void {
    this.#handler = handler;
    if (this.#reader.heldBytes > 0) this.#tellReadable();
  }

  /** Bytes have come from the socket; they belong to the link from now on. */
  take(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#reader.push(bytes);
    this.#frameBytes += bytes.length;
    this.#memory.reading.hold(this.#readHolder, this.#reader.heldBytes);
    if (!this.#isOpen) return;
    if (this.#isStarved) this.#tellReadable();
    else this.#regulate();
  }

  #tellReadable(): void {
    if (this.#handler === null) {
      this.#regulate();
      return;
    }
    this.#isStarved = false;
    this.#handler.readable();
  }

  /** Stops reading from the socket while what has come is not taken, and goes on when it is. */
  #regulate(): void {
    const isBehind = !this.#isStarved || this.#handler === null;
    const mustPause = isBehind && this.#reader.heldBytes > READ_AHEAD_BYTES;
    if (mustPause === this.#isPaused) return;
    this.#isPaused = mustPause;
    if (mustPause) this.#socket.pause();
    else this.#socket.resume();
  }

  receive(): Uint8Array | null {
    if (!this.#isOpen) return null;
    const payload = this.#nextPayload();
    if (!this.#isOpen) return null;
    if (payload === null) {
      this.#isStarved = true;
      this.#followFrame();
    } else {
      this.#frameSince = 0;
    }
    this.#memory.reading.hold(this.#readHolder, this.#reader.heldBytes);
    if (this.#isPaused) this.#regulate();
    return payload;
  }

  #nextPayload(): Uint8Array | null {
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#abort(`it sent no message but a ${error.message}`);
      return null;
    }
  }

  /** Notes since when an incomplete message has been coming in. */
  #followFrame(): void {
    if (!this.#reader.isInsideFrame) {
      this.#frameSince = 0;
    } else if (this.#frameSince === 0) {
      this.#frameSince = this.#clock.now();
      this.#frameBytes = 0;
    }
  }

  send(payload: Uint8Array): boolean {
    if (!this.#isOpen) return false;
    if (this.#queue.isEmpty) this.#writeProgress = this.#clock.now();
    if (!this.#queue.push(payload)) return false;
    if (this.#queue.bytes > WRITE_HIGH_WATER_BYTES) this.#wasHigh = true;
    if (!this.#isFull && !this.#isFlushing) {
      this.#isFlushing = true;
      queueMicrotask(() => this.#flushSoon());
    } else if (this.#isFull) {
      this.#countWriting();
    }
    return this.#isOpen;
  }

  #flushSoon(): void {
    this.#isFlushing = false;
    if (this.#isOpen) this.#flush();
  }

  #flush(): void {
    const before = this.#queue.bytes;
    this.#queue.drain((bytes) => this.#socket.write(bytes));
    if (this.#queue.bytes < before) this.#writeProgress = this.#clock.now();
    this.#isFull = !this.#queue.isEmpty;
    this.#countWriting();
  }

  #countWriting(): void {
    const { bytes } = this.#queue;
    this.#memory.writing.hold(this.#writeHolder, bytes);
    if (!this.#wasHigh || bytes > WRITE_HIGH_WATER_BYTES / 2 || !this.#isOpen) return;
    this.#wasHigh = false;
    this.#handler?.drained();
  }

  /** The socket takes bytes again. */
  drain(): void {
    if (this.#isOpen) this.#flush();
  }

  close(reason: string): void {
    if (!this.#isOpen) return;
    this.#flush();
    if (!this.#isOpen) return;
    const isClean = this.#queue.isEmpty;
    this.#finish(reason);
    if (isClean) this.#socket.end();
    else this.#socket.terminate();
  }

  #abort(reason: string): void {
    if (!this.#isOpen) return;
    this.#finish(reason);
    this.#socket.terminate();
  }

  /** The socket has closed. */
  lost(reason: string): void {
    if (this.#isOpen) this.#finish(reason);
  }

  #finish(reason: string): void {
    this.#isOpen = false;
    this.#reader.clear();
    this.#queue.clear();
    this.#memory.reading.release(this.#readHolder);
    this.#memory.writing.release(this.#writeHolder);
    this.#onClosed(this);
    this.#handler?.closed(reason);
  }

  check(nowMs: number): void {
    if (!this.#isOpen) return;
    if (!this.#queue.isEmpty && nowMs - this.#writeProgress > WRITE_TIMEOUT_MS) {
      this.#abort("it does not read what it is sent");
    } else if (this.#isTooSlow(nowMs)) {
      this.#abort("its message comes in too slowly");
    }
  }

  /** A message that comes slower than the least rate, while this side is reading. */
  #isTooSlow(nowMs: number): boolean {
    if (this.#frameSince === 0 || this.#isPaused || !this.#isStarved) return false;
    const late = nowMs - this.#frameSince - SLOW_FRAME_GRACE_MS;
    return late > 0 && this.#frameBytes * MS_PER_SECOND < late * SLOW_FRAME_RATE;
  }
}
