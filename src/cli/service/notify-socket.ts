// The datagram socket on which systemd hears of a service (sd_notify(3)). Bun has no datagrams over
// Unix sockets, so the C library's are called; messages thus come from the main process, as
// NotifyAccess=main asks.

import { ptr } from "bun:ffi";
import { openCLibrary } from "../../net/c-library.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const MSG_DONTWAIT = 0x40;
/** sun_path of sockaddr_un. */
const PATH_BYTES_MAX = 108;
const FAMILY_BYTES = 2;

const FUNCTIONS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
} as const;

/** systemd can't be told: no C library, no such address, or no socket. */
export class NotifySocketError extends Error {
  readonly code = "NOTIFY";
}

function cLibrary() {
  const library = openCLibrary(FUNCTIONS);
  if (library === null)
    throw new NotifySocketError("the C library can't be called: none was found");
  return library;
}

/** sockaddr_un; a path that begins with `@` is in the kernel's own name space. */
function socketAddress(path: string): Buffer {
  const name = Buffer.from(path.startsWith("@") ? `\0${path.slice(1)}` : path);
  if (name.length === 0 || name.length > PATH_BYTES_MAX || !/^[/@]/.test(path))
    throw new NotifySocketError(`'${path}' is no address of a Unix socket`);
  const address = Buffer.alloc(FAMILY_BYTES + name.length);
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, FAMILY_BYTES);
  return address;
}

export class NotifySocket {
  readonly #address: Buffer;
  readonly #library = cLibrary();
  readonly #descriptor: number;

  /** @throws NotifySocketError */
  constructor(path: string) {
    this.#address = socketAddress(path);
    this.#descriptor = this.#library.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.#descriptor < 0) throw new NotifySocketError("no socket can be opened");
  }

  /** Sends lines `NAME=value`; false when nobody takes them, or not now. */
  send(lines: readonly string[]): boolean {
    const message = Buffer.from(lines.join("\n"));
    const { symbols } = this.#library;
    const sent = symbols.sendto(
      this.#descriptor,
      ptr(message),
      message.length,
      MSG_NOSIGNAL | MSG_DONTWAIT,
      ptr(this.#address),
      this.#address.length,
    );
    return Number(sent) === message.length;
  }

  close(): void {
    this.#library.symbols.close(this.#descriptor);
    this.#library.close();
  }
}
