// Two listeners on one port, while a certificate is exchanged: the kernel gives new connections to
// one of them by chance, and resets those that the old one has not yet accepted when it closes
// (measured: one to three at each exchange under 1,500 new connections a second). A one-line filter
// on the port sends all to the newer one, so that the old one has none left when it goes. Linux
// with glibc or musl; elsewhere the chance remains.

import { ptr } from "bun:ffi";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { openCLibrary } from "../../net/c-library.ts";

const SOL_SOCKET = 1;
const SO_ATTACH_REUSEPORT_CBPF = 51;
/** BPF_RET | BPF_K: answer a constant. */
const BPF_RETURN = 0x06;
/** Listeners of a port are counted in the order they came; with one, the kernel takes that. */
const NEWER = 1;
const OLDER = 0;
const LISTENING = "0A";
/** Inodes of this machine's sockets that listen on a port. */
function listeningInodes(port: number): Set<string> {
  const lines = ["tcp", "tcp6"].flatMap((name) =>
    readFileSync(`/proc/self/net/${name}`, "utf8").split("\n").slice(1),
  );
  const columns = lines.map((line) => line.trim().split(/\s+/));
  const listening = columns.filter(
    ([, local = "", , state]) =>
      state === LISTENING && Number.parseInt(local.split(":")[1] ?? "", 16) === port,
  );
  return new Set(listening.map((column) => `socket:[${column[9]}]`));
}

/**
 * Descriptor of the socket with which this process listens on a port, null when it can't be told.
 */
function listeningDescriptor(port: number): number | null {
  const inodes = listeningInodes(port);
  for (const name of readdirSync("/proc/self/fd")) {
    try {
      if (inodes.has(readlinkSync(`/proc/self/fd/${name}`))) return Number(name);
    } catch {
      // The descriptor by which the folder was read is gone.
    }
  }
  return null;
}

/** Has new connections go to the newer of two listeners; false where that can't be done. */
export function steerToNewer(port: number): boolean {
  return steer(port, NEWER);
}

/** Has new connections go to the older of two listeners; false where that can't be done. */
export function steerToOlder(port: number): boolean {
  return steer(port, OLDER);
}

function steer(port: number, which: number): boolean {
  if (process.platform !== "linux") return false;
  const descriptor = listeningDescriptor(port);
  const library = openCLibrary({
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  });
  if (descriptor === null || library === null) return false;
  const filter = new DataView(new ArrayBuffer(8));
  filter.setUint16(0, BPF_RETURN, true);
  filter.setUint32(4, which, true);
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, 1, true);
  program.setBigUint64(8, BigInt(ptr(filter)), true);
  const { setsockopt } = library.symbols;
  return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, ptr(program), 16) === 0;
}
