// The same messages over WebSocket, one binary frame a payload, for clients behind HTTPS. A
// WebSocket can't be told to wait, so that who sends more than is taken in time loses the
// connection.

import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import {
  MAX_WEBSOCKETS,
  WEBSOCKET_MESSAGE_BYTES,
  WRITE_HIGH_WATER_BYTES,
  WRITE_QUEUE_BYTES,
  WRITE_TIMEOUT_MS,
} from "./bounds.ts";
import { clientOf } from "./client-address.ts";
import type { Link, LinkClock, LinkHandler, RemoteAddress } from "./link.ts";
import type { BufferHolder } from "./shared-buffer.ts";
import { SharedPlaces } from "./shared-places.ts";
import type { LinkMemory } from "./tcp-link.ts";

/** Path on the API's port. */
export const WEBSOCKET_PATH = "/ws";
/** Messages and bytes that may have come and not been taken. */
const UNTAKEN_MESSAGES = 8_192;
const UNTAKEN_BYTES = 4 * WEBSOCKET_MESSAGE_BYTES;
/** Close codes (RFC 6455 §7.4.1). */
const NORMAL_CLOSURE = 1000;
const TRY_AGAIN_LATER = 1013;
/** Bytes of a reason that a close frame has room for. */
const REASON_LENGTH = 120;

/** What a link needs of a WebSocket of either side. */
export interface WebSocketPort {
  send(payload: Uint8Array): boolean;
  bufferedBytes(): number;
  close(code: number, reason: string): void;
  terminate(): void;
}

export class WebSocketLink implements Link {
  readonly remote: RemoteAddress;
  isTrusted = false;
  readonly #port: WebSocketPort;
  readonly #clock: LinkClock;
  readonly #memory: LinkMemory;
  readonly #readHolder: BufferHolder;
  readonly #writeHolder: BufferHolder;
  readonly #onClosed: (link: WebSocketLink) => void;
  #handler: LinkHandler | null = null;
  #isOpen = true;
  /** Messages that have come and are not taken. */
  readonly #untaken: Uint8Array[] = [];
  #untakenBytes = 0;
  /** Whether `receive` has answered null since a message came, as in TcpLink. */
  #isStarved = true;
  /** Whether too much has waited to be sent, and the handler was not told yet that it has left. */
  #wasHigh = false;
  /** Bytes that waited to be sent when that was looked at last. */
  #checkedBytes = 0;
  /** When some of them were last seen to have left. */
  #progressAt: number;

  constructor(
    port: WebSocketPort,
    remote: RemoteAddress,
    clock: LinkClock,
    memory: LinkMemory,
    onClosed: (link: WebSocketLink) => void = () => {},
  ) {
    this.#port = port;
    this.remote = remote;
    this.#clock = clock;
    this.#memory = memory;
    this.#onClosed = onClosed;
    this.#progressAt = clock.now();
    const link = this;
    const holder = (reason: string): BufferHolder => ({
      get isTrusted() {
        return link.isTrusted;
      },
      evict: () => link.#abort(reason),
    });
    this.#readHolder = holder("its messages need memory that others need more");
    this.#writeHolder = holder("what it does not read needs memory that others need more");
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get queuedBytes(): number {
    return this.#isOpen ? this.#port.bufferedBytes() : 0;
  }

  open(handler: LinkHandler): void {
    this.#handler = handler;
    if (this.#untakenBytes > 0) this.#tellReadable();
  }

  /** A message has come. */
  take(payload: Uint8Array | string): void {
    if (!this.#isOpen) return;
    if (typeof payload === "string" || payload.length === 0) {
      this.#abort("it sent something else than a binary message");
      return;
    }
    this.#untaken.push(payload);
    this.#untakenBytes += payload.length;
    if (
      this.#untaken.length > UNTAKEN_MESSAGES ||
      this.#untakenBytes > UNTAKEN_BYTES + payload.length
    ) {
      this.#abort("it sends faster than it is answered");
      return;
    }
    this.#memory.reading.hold(this.#readHolder, this.#untakenBytes);
    if (this.#isOpen && this.#isStarved) this.#tellReadable();
  }

  #tellReadable(): void {
    if (this.#handler === null) return;
    this.#isStarved = false;
    this.#handler.readable();
  }

  receive(): Uint8Array | null {
    const payload = this.#isOpen ? this.#untaken.shift() : undefined;
    if (payload === undefined) {
      this.#isStarved = true;
      return null;
    }
    this.#untakenBytes -= payload.length;
    this.#memory.reading.hold(this.#readHolder, this.#untakenBytes);
    return payload;
  }

  send(payload: Uint8Array): boolean {
    if (!this.#isOpen) return false;
    const queued = this.#port.bufferedBytes();
    if (queued > 0 && queued + payload.length > WRITE_QUEUE_BYTES) return false;
    if (!this.#port.send(payload)) return false;
    if (this.#port.bufferedBytes() > WRITE_HIGH_WATER_BYTES) this.#wasHigh = true;
    this.#countWriting();
    return this.#isOpen;
  }

  /** Notes what waits to be sent, which may cost this link its connection. */
  #countWriting(): void {
    this.#memory.writing.hold(this.#writeHolder, this.#port.bufferedBytes());
  }

  /** What waited to be sent has left, or some of it. */
  drain(): void {
    if (!this.#isOpen) return;
    this.#progressAt = this.#clock.now();
    this.#countWriting();
    if (!this.#wasHigh || this.#port.bufferedBytes() > WRITE_HIGH_WATER_BYTES / 2) return;
    this.#wasHigh = false;
    this.#handler?.drained();
  }

  close(reason: string): void {
    if (!this.#isOpen) return;
    const isClean = this.#port.bufferedBytes() === 0;
    this.#finish(reason);
    // The runtime would keep what waits until the other side has read it.
    if (isClean) this.#port.close(NORMAL_CLOSURE, reason.slice(0, REASON_LENGTH));
    else this.#port.terminate();
  }

  #abort(reason: string): void {
    if (!this.#isOpen) return;
    this.#finish(reason);
    this.#port.terminate();
  }

  /** The WebSocket has closed. */
  lost(reason: string): void {
    if (this.#isOpen) this.#finish(reason);
  }

  #finish(reason: string): void {
    this.#isOpen = false;
    this.#untaken.length = 0;
    this.#untakenBytes = 0;
    this.#memory.reading.release(this.#readHolder);
    this.#memory.writing.release(this.#writeHolder);
    this.#onClosed(this);
    this.#handler?.closed(reason);
  }

  check(nowMs: number): void {
    if (!this.#isOpen) return;
    const queued = this.#port.bufferedBytes();
    if (queued === 0 || queued < this.#checkedBytes) {
      this.#progressAt = nowMs;
      this.drain();
    }
    this.#checkedBytes = queued;
    this.#countWriting();
    if (nowMs - this.#progressAt > WRITE_TIMEOUT_MS)
      this.#abort("it does not read what it is sent");
  }
}

export interface WebSocketServiceOptions {
  readonly clock: LinkClock;
  readonly memory: LinkMemory;
  /** Takes a new connection over. */
  readonly accept: (link: WebSocketLink) => void;
  readonly connectionsMax?: number;
}

/** What a WebSocket of the server knows of itself. */
export interface WebSocketData {
  link: WebSocketLink | null;
  readonly remote: RemoteAddress;
}

/** The server's side, for Bun.serve. */
export class WebSocketService {
  readonly #options: WebSocketServiceOptions;
  readonly #places: SharedPlaces;

  constructor(options: WebSocketServiceOptions) {
    this.#options = options;
    this.#places = new SharedPlaces(options.connectionsMax ?? MAX_WEBSOCKETS);
  }

  /** Number of open connections. */
  get count(): number {
    return this.#places.taken;
  }

  /**
   * Answers a request for the path of the WebSocket: undefined when it has become one, else a
   * refusal; null for any other path.
   */
  upgrade(
    request: Request,
    server: Server<WebSocketData>,
    origin?: (port: number) => RemoteAddress | undefined,
  ): Response | undefined | null {
    if (new URL(request.url).pathname !== WEBSOCKET_PATH) return null;
    const address = server.requestIP(request);
    const direct = { host: address?.address ?? "", port: address?.port ?? 0 };
    const remote = origin?.(direct.port) ?? direct;
    if (!this.#places.hasPlaceFor(clientOf(remote.host))) {
      return new Response("Too many connections", {
        status: 503,
        headers: { "Retry-After": "10" },
      });
    }
    // Nobody gives way to what is no handshake: the place is taken when it has become one.
    if (server.upgrade(request, { data: { link: null, remote } })) return undefined;
    return new Response("Expected a WebSocket handshake", {
      status: 426,
      headers: { Upgrade: "websocket" },
    });
  }

  /** For the `websocket` option of Bun.serve. */
  get handlers(): WebSocketHandler<WebSocketData> {
    return {
      maxPayloadLength: WEBSOCKET_MESSAGE_BYTES,
      backpressureLimit: 2 * WRITE_QUEUE_BYTES,
      perMessageDeflate: false,
      open: (ws) => this.#open(ws),
      message: (ws, payload) => ws.data.link?.take(payload),
      drain: (ws) => ws.data.link?.drain(),
      close: (ws) => ws.data.link?.lost("closed by the other side"),
    };
  }

  #open(ws: ServerWebSocket<WebSocketData>): void {
    const port: WebSocketPort = {
      send: (payload) => ws.sendBinary(payload) !== 0,
      bufferedBytes: () => ws.getBufferedAmount(),
      close: (code, reason) => ws.close(code, reason),
      terminate: () => ws.terminate(),
    };
    const { clock, memory, accept } = this.#options;
    const { remote } = ws.data;
    const end = () => ws.data.link?.close("a new connection needed its place");
    const giveBack = this.#places.take(clientOf(remote.host), end);
    if (giveBack === null) {
      ws.close(TRY_AGAIN_LATER, "too many connections");
      return;
    }
    const link = new WebSocketLink(port, remote, clock, memory, giveBack);
    ws.data.link = link;
    accept(link);
  }
}
