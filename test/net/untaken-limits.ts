// What the system knows of the connections to a port of this process.

import { ptr } from "bun:ffi";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { openCLibrary } from "../../src/net/c-library.ts";

const ESTABLISHED = "01";
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;

/**
 * After how many ms the system ends each of the connections to a port of this process whose other
 * end takes nothing.
 */
export function untakenLimits(port: number): number[] {
  const columns = readFileSync("/proc/self/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const inodes = columns
    .filter(([, local = "", , state]) => {
      return state === ESTABLISHED && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
    })
    .map((column) => `socket:[${column[9]}]`);
  const library = openCLibrary({
    getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  });
  const limits: number[] = [];
  for (const name of readdirSync("/proc/self/fd")) {
    if (!inodes.includes(linkOf(name))) continue;
    const [value, length] = [new Uint32Array(1), new Uint32Array([4])];
    const level = IPPROTO_TCP;
    library?.symbols.getsockopt(Number(name), level, TCP_USER_TIMEOUT, ptr(value), ptr(length));
    limits.push(value[0] ?? 0);
  }
  return limits;
}

function linkOf(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return "";
  }
}
