// Fetches a release from where it lies. Nothing is believed but what the release key has signed.

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { httpFailure, isUnresolved } from "../contact/http-failure.ts";
import { SystemFailure } from "../system-failure.ts";
import {
  fileOf,
  isVersion,
  LATEST_FILE,
  parseSums,
  ReleaseError,
  requireSigned,
  SIGNATURE_FILE,
  SUMS_FILE,
} from "./manifest.ts";
import type { Target } from "./target.ts";

/** A list, a signature, a version. */
const SMALL_BYTES_MAX = 64 * 1024;
const EXECUTABLE_BYTES_MAX = 1 << 29;
/** Longest silence of a server. */
const STALL_TIMEOUT_MS = 60_000;
const EXECUTABLE_MODE = 0o755;

/** Bytes that have come, and that are to come (0 when the server doesn't say). */
export type OnBytes = (done: number, total: number) => void;

/** A failure to write, which names no file by itself. */
function unwritten(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error && error.syscall === "write")) return error;
  const isFull = "code" in error && error.code === "ENOSPC";
  const reason = isFull ? "the disk is full; free some space, then try again" : error.message;
  return new SystemFailure("DISK", `Cannot write ${path}: ${reason}`);
}

export class ReleaseSource {
  readonly #url: string;
  readonly #key: Uint8Array;

  /** @throws ReleaseError when the address is none of the web */
  constructor(url: string, key: Uint8Array) {
    if (!/^https?:\/\/[^/?#]+/.test(url))
      throw new ReleaseError("ADDRESS", `expected an address http(s)://HOST/…, found '${url}'`);
    this.#url = url.replace(/\/+$/, "");
    this.#key = key;
  }

  /** @throws ReleaseError */
  async latest(): Promise<string> {
    const version = (await this.#small(LATEST_FILE)).toString("utf8").split("\n", 1)[0] ?? "";
    if (isVersion(version)) return version;
    throw new ReleaseError("UNTRUSTED", `${this.#url}/${LATEST_FILE} names no version`);
  }

  /**
   * Writes the executable of a version, checked; `scratch` is for the compressed file.
   * @throws ReleaseError
   * @throws SystemFailure when one of the two can't be written
   */
  async fetch(
    version: string,
    target: Target,
    files: { readonly scratch: string; readonly executable: string },
    onBytes: OnBytes,
  ): Promise<void> {
    const sums = await this.#sums(version);
    const name = fileOf(version, target);
    const expected = sums.get(name);
    if (expected === undefined) {
      const why = `${name} is not in its ${SUMS_FILE}`;
      throw new ReleaseError("UNSUITABLE", `Version ${version} has no file for ${target}: ${why}`);
    }
    const found = await this.#download(`${version}/${name}`, files.scratch, onBytes);
    if (found !== expected) {
      const why = `its SHA-256 is ${found}, not ${expected}`;
      throw new ReleaseError("UNTRUSTED", `${name} is damaged: ${why}`);
    }
    const out = createWriteStream(files.executable, { mode: EXECUTABLE_MODE, flush: true });
    try {
      await pipeline(createReadStream(files.scratch), createGunzip(), out);
      // With a umask such as 027 the service's user could not run what root has installed.
      await chmod(files.executable, EXECUTABLE_MODE);
    } catch (error) {
      throw unwritten(files.executable, error);
    }
  }

  async #sums(version: string): Promise<Map<string, string>> {
    const [sums, signature] = await Promise.all([
      this.#small(`${version}/${SUMS_FILE}`),
      this.#small(`${version}/${SIGNATURE_FILE}`),
    ]);
    requireSigned(sums, signature, this.#key);
    return parseSums(sums.toString("utf8"));
  }

  async #small(path: string): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    await this.#receive(path, SMALL_BYTES_MAX, async (chunk) => {
      chunks.push(chunk);
    });
    return Buffer.concat(chunks);
  }

  /** SHA-256 in hex of what was written. */
  async #download(path: string, file: string, onBytes: OnBytes): Promise<string> {
    const hash = createHash("sha256");
    const handle = await open(file, "w");
    try {
      await this.#receive(path, EXECUTABLE_BYTES_MAX, async (chunk, done, total) => {
        hash.update(chunk);
        try {
          await handle.writeFile(chunk);
        } catch (error) {
          throw unwritten(file, error);
        }
        onBytes(done, total);
      });
    } finally {
      await handle.close();
    }
    return hash.digest("hex");
  }

  async #receive(
    path: string,
    bytesMax: number,
    take: (chunk: Uint8Array, done: number, total: number) => Promise<void>,
  ): Promise<void> {
    const address = `${this.#url}/${path}`;
    const control = new AbortController();
    const stalled = () => control.abort(new Error(`nothing came for ${STALL_TIMEOUT_MS} ms`));
    let timer = setTimeout(stalled, STALL_TIMEOUT_MS);
    try {
      const response = await fetch(address, { signal: control.signal });
      if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
      const total = Number(response.headers.get("content-length") ?? 0);
      let done = 0;
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(stalled, STALL_TIMEOUT_MS);
        done += chunk.length;
        if (done > bytesMax) throw new Error(`more than ${bytesMax} bytes`);
        await take(chunk, done, total);
      }
    } catch (error) {
      if (error instanceof SystemFailure) throw error;
      const reason = httpFailure(error, STALL_TIMEOUT_MS);
      const code = isUnresolved(error) ? "NAME" : "UNAVAILABLE";
      throw new ReleaseError(code, `Cannot download ${address}: ${reason}`);
    } finally {
      clearTimeout(timer);
      control.abort();
    }
  }
}
