// What systemd would hear: a datagram socket that is bound to a path, read without waiting.

import { dlopen, ptr } from "bun:ffi";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;
const MESSAGE_MAX = 4_096;
const LOOK_EVERY_MS = 5;

/** Loaded when it is needed: other systems have no such file. */
function library() {
  return dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  }).symbols;
}

export class NotifyReceiver {
  readonly #library = library();
  readonly #descriptor: number;
  readonly received: string[] = [];

  constructor(path: string) {
    const name = Buffer.from(path.replace(/^@/, "\0"));
    const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
    this.#descriptor = this.#library.socket(AF_UNIX, SOCK_DGRAM, 0);
    const outcome = this.#library.bind(this.#descriptor, ptr(address), address.length);
    if (outcome !== 0) throw new Error(`can't bind ${path}`);
  }

  /** Takes what has come. */
  read(): void {
    const bytes = Buffer.alloc(MESSAGE_MAX);
    for (;;) {
      const length = Number(
        this.#library.recv(this.#descriptor, ptr(bytes), bytes.length, MSG_DONTWAIT),
      );
      if (length <= 0) return;
      this.received.push(bytes.toString("utf8", 0, length));
    }
  }

  /** The number of messages with this line, once there are so many. */
  async until(line: string, count = 1): Promise<void> {
    for (;;) {
      this.read();
      if (this.received.filter((text) => text.split("\n").includes(line)).length >= count) return;
      await Bun.sleep(LOOK_EVERY_MS);
    }
  }

  close(): void {
    this.#library.close(this.#descriptor);
  }
}
