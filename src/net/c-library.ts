// Names under which the loader finds the C library that this process runs with: for what sockets
// and processes can do and Bun cannot.

import { dlopen, type FFIFunction } from "bun:ffi";

const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libSystem.B.dylib"];

/** Functions of the C library; null when the loader finds none. */
export function openCLibrary<F extends Record<string, FFIFunction>>(functions: F) {
  for (const name of NAMES) {
    try {
      return dlopen(name, functions);
    } catch {
      // Not under that name: the next one.
    }
  }
  return null;
}
