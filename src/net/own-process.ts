// What Linux tells of this process.

import { existsSync, openSync, readFileSync, readSync } from "node:fs";

const STATUS = "/proc/self/status";
const LIMITS = "/proc/self/limits";
const KIBIBYTE = 1024;

const text = Buffer.alloc(8192);
/**
 * Stays open. The runtime opens a file whenever it is asked for the memory, and fails where
 * strangers hold all descriptors that the process may have.
 */
const status = existsSync(STATUS) ? openSync(STATUS, "r") : null;

/** Bytes in memory; 0 when the system does not say. */
export function residentBytes(): number {
  if (status === null) return process.memoryUsage.rss();
  const length = readSync(status, text, 0, text.length, 0);
  const found = /^VmRSS:\s*(\d+) kB$/m.exec(text.toString("latin1", 0, length));
  return Number(found?.[1] ?? 0) * KIBIBYTE;
}

/** Files and sockets that this process may have open; infinite when the system does not say. */
export function descriptorsMax(): number {
  const limits = existsSync(LIMITS) ? readFileSync(LIMITS, "latin1") : "";
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
}
