// Sockets on loopback for tests: a raw one that sends whatever bytes, and the means of a link.

import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { NO_CELLS } from "../../src/data/cell.ts";
import { Writer } from "../../src/data/writer.ts";
import { OWN_BUFFER_BYTES, SHARED_READ_BYTES, SHARED_WRITE_BYTES } from "../../src/net/bounds.ts";
import { writeFrameHeader } from "../../src/net/frame.ts";
import { FrameReader } from "../../src/net/frame-reader.ts";
import { Reply } from "../../src/net/reply.ts";
import { SharedBuffer } from "../../src/net/shared-buffer.ts";
import type { LinkMemory } from "../../src/net/tcp-link.ts";
import { PATIENCE_MS } from "../patience.ts";

export const LOOPBACK = "127.0.0.1";

/** A payload with its length before it. */
export function frameOf(payload: Uint8Array): Uint8Array {
  const w = new Writer(payload.length + 4);
  writeFrameHeader(w, payload.length);
  w.write(payload);
  return w.take(0);
}

export function newMemory(): LinkMemory {
  return {
    reading: new SharedBuffer(SHARED_READ_BYTES, OWN_BUFFER_BYTES),
    writing: new SharedBuffer(SHARED_WRITE_BYTES, OWN_BUFFER_BYTES),
  };
}

/** Waits until a condition holds. @throws Error when it does not in time */
export async function until(condition: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not in ${timeoutMs} ms: ${condition}`);
    await Bun.sleep(2);
  }
}

/** A client that sends bytes as it likes, and keeps the payloads that come back. */
export class RawClient {
  readonly payloads: Uint8Array[] = [];
  readonly #reader = new FrameReader();
  readonly #socket: Bun.Socket;
  #unsent: Uint8Array = new Uint8Array(0);
  isClosed = false;
  /** Bytes received. */
  received = 0;

  private constructor(socket: Bun.Socket) {
    this.#socket = socket;
  }

  static async connect(port: number, isReading = true): Promise<RawClient> {
    let client: RawClient | null = null;
    const socket = await Bun.connect({
      hostname: LOOPBACK,
      port,
      socket: {
        data: (_socket, bytes) => client?.take(bytes),
        drain: () => client?.flush(),
        close: () => {
          if (client !== null) client.isClosed = true;
        },
      },
    });
    client = new RawClient(socket);
    if (!isReading) (socket as Bun.Socket & { pause(): void }).pause();
    return client;
  }

  take(bytes: Uint8Array): void {
    this.received += bytes.length;
    this.#reader.push(bytes);
    for (let p = this.#reader.next(); p !== null; p = this.#reader.next()) this.payloads.push(p);
  }

  send(bytes: Uint8Array): void {
    this.#unsent = Buffer.concat([this.#unsent, bytes]);
    this.flush();
  }

  /** Bytes that the other side has not made room for. */
  get unsentBytes(): number {
    return this.#unsent.length;
  }

  flush(): void {
    if (this.#unsent.length === 0 || this.isClosed) return;
    const written = Math.max(0, this.#socket.write(this.#unsent));
    this.#unsent = this.#unsent.subarray(written);
  }

  /** Reads what a paused client left in the socket. */
  resume(): void {
    (this.#socket as Bun.Socket & { resume(): void }).resume();
  }

  async replies(count: number, timeoutMs = PATIENCE_MS): Promise<Reply[]> {
    await until(() => this.payloads.length >= count || this.isClosed, timeoutMs);
    return this.payloads.map((payload) => new Reply(payload, CVM_TABLE, NO_CELLS));
  }

  close(): void {
    this.#socket.terminate();
  }
}
