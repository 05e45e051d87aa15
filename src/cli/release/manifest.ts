// What a release is on a server: `latest` names its version, and in the folder of that version
// SHA256SUMS lists the compressed executables. SHA256SUMS.sig is the Ed25519 signature of its
// bytes. Names hold version and machine, so that a signed list of one version can't stand for
// another.

import { createPublicKey, verify } from "node:crypto";
import { PUBLIC_KEY_LENGTH, PUBLIC_KEY_PREFIX } from "../../crypto/ed25519.ts";
import type { Target } from "./target.ts";

export const LATEST_FILE = "latest";
export const SUMS_FILE = "SHA256SUMS";
/** 64 bytes, for OpenSSL and `upgrade`. */
export const SIGNATURE_FILE = "SHA256SUMS.sig";
/** The same key's signature as `ssh-keygen -Y verify` takes it. */
export const SSH_SIGNATURE_FILE = "SHA256SUMS.sshsig";

/** A release is not what it should be. The message is for an operator. */
export class ReleaseError extends Error {
  readonly code: "KEY" | "ADDRESS" | "NAME" | "UNAVAILABLE" | "UNTRUSTED" | "UNSUITABLE";
  constructor(code: ReleaseError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** `1.2.3`, or `1.2.3-rc.1`: nothing that could lead out of a folder. */
export function isVersion(text: string): boolean {
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[0-9A-Za-z.-]{1,40})?$/.test(text) && !text.includes("..");
}

/** Negative when `a` is the older. A version with a suffix comes before the one without. */
export function compareVersions(a: string, b: string): number {
  return Bun.semver.order(a, b);
}

/** Name of a compressed executable, in the folder of its version and in SHA256SUMS. */
export function fileOf(version: string, target: Target): string {
  return `convex-peer-${version}-${target}.gz`;
}

/** Lines as sha256sum prints them. */
export function sumsText(sums: ReadonlyMap<string, string>): string {
  return [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join("");
}

/** SHA-256 in hex of each file. @throws ReleaseError for a line that is none of sha256sum's */
export function parseSums(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const match = /^([0-9a-f]{64}) [ *]([A-Za-z0-9._-]+)$/.exec(line);
    if (match === null) throw new ReleaseError("UNTRUSTED", `${SUMS_FILE} has a line '${line}'`);
    sums.set(match[2] ?? "", match[1] ?? "");
  }
  return sums;
}

/** @throws ReleaseError when it is not base64 of 32 bytes */
export function parseReleaseKey(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === PUBLIC_KEY_LENGTH && bytes.toString("base64") === text) return bytes;
  const expected = `expected the base64 text of ${PUBLIC_KEY_LENGTH} bytes (44 characters)`;
  throw new ReleaseError("KEY", `Not a release key: ${expected}, found '${text}'`);
}

/** @throws ReleaseError when the holder of the key has not signed exactly these bytes */
export function requireSigned(sums: Uint8Array, signature: Uint8Array, key: Uint8Array): void {
  const der = Buffer.concat([PUBLIC_KEY_PREFIX, key]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  if (verify(null, sums, publicKey, signature)) return;
  throw new ReleaseError("UNTRUSTED", `${SUMS_FILE} is not signed by the release key`);
}
