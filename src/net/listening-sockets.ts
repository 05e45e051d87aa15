// The sockets with which this process listens, as Linux knows them: for options that the runtime
// does not set. Those of TCP go over to each connection that is accepted.

import { ptr } from "bun:ffi";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { openCLibrary } from "./c-library.ts";

const LISTENING = "0A";
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;

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

/** Descriptors of the sockets with which this process listens on a port; none but on Linux. */
export function listeningDescriptors(port: number): number[] {
  if (process.platform !== "linux") return [];
  const inodes = listeningInodes(port);
  const found: number[] = [];
  for (const name of readdirSync("/proc/self/fd")) {
    try {
      if (inodes.has(readlinkSync(`/proc/self/fd/${name}`))) found.push(Number(name));
    } catch {
      // The descriptor by which the folder was read is gone.
    }
  }
  return found;
}

/** Sets an option of a socket; false where that can't be done. */
export function setSocketOption(
  descriptor: number,
  level: number,
  option: number,
  value: DataView | Uint32Array,
): boolean {
  const library = openCLibrary({
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  });
  if (library === null) return false;
  const { setsockopt } = library.symbols;
  return setsockopt(descriptor, level, option, ptr(value), value.byteLength) === 0;
}

/**
 * Has the system end each connection that comes to a port from now on whose other end takes nothing
 * of what it is sent for so many ms: it does not read, or is gone without a word. By itself the
 * system goes on sending for a quarter of an hour.
 * @returns whether that could be done
 */
export function limitUntaken(port: number, ms: number): boolean {
  const value = new Uint32Array([ms]);
  const set = listeningDescriptors(port).map((descriptor) =>
    setSocketOption(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, value),
  );
  return set.length > 0 && set.every((isSet) => isSet);
}
