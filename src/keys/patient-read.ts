// Reading from a descriptor that may be set not to wait (O_NONBLOCK): whoever shares standard input
// with this process may have done that, and a read then fails while nothing is there yet.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { systemCode } from "../system/system-code.ts";

/** Opens a pipe without waiting for who writes to it. */
export const AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/** As the system has it where a socket is to be opened. */
const NO_FILE = "ENXIO";

/** Between two looks whether something has come. */
const PAUSE_MS = 10;
const CHUNK_BYTES = 1 << 16;

/**
 * As readSync, from where the descriptor is: number of bytes, 0 at the end.
 * @throws the system's error
 */
export function readPatiently(fd: number, bytes: Uint8Array, offset: number): number {
  for (;;) {
    try {
      return readSync(fd, bytes, offset, bytes.length - offset, null);
    } catch (error) {
      const isEarly = systemCode(error) === "EAGAIN";
      if (!isEarly) throw error;
    }
    Bun.sleepSync(PAUSE_MS);
  }
}

/**
 * A file opened for reading. A pipe, in which nobody may ever write, and a device are none; a
 * folder is told of by reading it. @throws the system's error
 */
export function openRegular(path: string): number {
  const fd = openSync(path, AT_ONCE);
  const found = fstatSync(fd);
  if (found.isFile() || found.isDirectory()) return fd;
  closeSync(fd);
  throw Object.assign(new Error(`${path} is no regular file`), { code: NO_FILE });
}

/** As `readUpTo`, of a regular file. @throws the system's error */
export function readFileUpTo(path: string, bytesMax: number): Buffer<ArrayBuffer> | null {
  const fd = openRegular(path);
  try {
    return readUpTo(fd, bytesMax);
  } finally {
    closeSync(fd);
  }
}

/**
 * All that comes until the end of a file or descriptor, null when that is more than the bound: a
 * device or a wrong file has no end. @throws the system's error
 */
export function readUpTo(source: string | number, bytesMax: number): Buffer<ArrayBuffer> | null {
  const fd = typeof source === "number" ? source : openSync(source, "r");
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const count = readPatiently(fd, chunk, 0);
      if (count === 0) return Buffer.concat(chunks);
      length += count;
      if (length > bytesMax) return null;
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    if (typeof source === "string") closeSync(fd);
  }
}
