// Which code a failure ends a command with, and that it is told in a sentence, without a stack.

import { expect, test } from "bun:test";
import { CommandError, failedExit, sentenceOf } from "../../src/cli/failure.ts";
import { ReleaseError } from "../../src/cli/release/manifest.ts";
import { SystemFailure } from "../../src/cli/system-failure.ts";
import { DerivationPathError } from "../../src/keys/derivation-path.ts";
import { KeyFileError } from "../../src/keys/key-file.ts";
import { KeyNotFoundError } from "../../src/keys/key-store.ts";
import { MnemonicError } from "../../src/keys/mnemonic.ts";
import { PublicKeyTextError } from "../../src/keys/public-key-text.ts";
import { SecretFileError } from "../../src/keys/secret-file.ts";
import { DialError } from "../../src/net/dial.ts";
import { PeerPortError } from "../../src/net/listener.ts";
import { NoReplyError } from "../../src/net/pending-requests.ts";
import { BansError } from "../../src/peer/connections/bans.ts";
import { JoinError } from "../../src/peer/join-error.ts";
import { OperatorSocketError, SilentPeerError } from "../../src/peer/operator/operator-socket.ts";
import { ListenError } from "../../src/rest/server.ts";
import { CertificateError } from "../../src/rest/tls/certificate.ts";
import { BucketError } from "../../src/store/bucket-error.ts";
import { StoreError } from "../../src/store/store.ts";

const TOLD: readonly (readonly [code: number, failure: Error])[] = [
  [99, new CommandError(99, "w")],
  [77, new SystemFailure("PERMISSION", "w")],
  [73, new SystemFailure("PLACE", "w")],
  [66, new SystemFailure("INPUT", "w")],
  [74, new SystemFailure("DISK", "w")],
  [78, new KeyNotFoundError("w")],
  [66, new SecretFileError("READ", "w")],
  [77, new SecretFileError("DENIED", "w")],
  [65, new SecretFileError("CONTENT", "w")],
  [73, new SecretFileError("EXISTS", "w")],
  [73, new SecretFileError("WRITE", "w")],
  [66, new CertificateError("w", "READ")],
  [77, new CertificateError("w", "DENIED")],
  [65, new CertificateError("w")],
  [65, new MnemonicError("w")],
  [65, new DerivationPathError("m/1", "w")],
  [65, new PublicKeyTextError("w")],
  [69, new ListenError("EADDRINUSE", "w")],
  [69, new PeerPortError("EADDRINUSE", "w")],
  [69, new JoinError("UNREACHABLE", "w")],
  [68, new JoinError("NAME", "w")],
  [78, new JoinError("GENESIS", "w")],
  [75, new JoinError("ACQUISITION", "w")],
  [65, new BansError("w", "f")],
  [69, new OperatorSocketError("w")],
  [69, new SilentPeerError("w")],
  [68, new DialError("NAME", "w")],
  [69, new DialError("REFUSED", "w")],
  [69, new NoReplyError("TIMEOUT", "w")],
  [75, new StoreError("IN_USE", "w")],
  [75, new StoreError("BUSY", "w")],
  [78, new StoreError("VERSION", "w")],
  [78, new StoreError("FOREIGN", "w")],
  [65, new StoreError("DAMAGED", "w")],
  [74, new StoreError("FULL", "w")],
  [77, new StoreError("ACCESS", "w")],
  [74, new StoreError("IO", "w")],
  [70, new StoreError("CLOSED", "w")],
  [68, new BucketError("NAME", "w")],
  [69, new BucketError("UNREACHABLE", "w")],
  [77, new BucketError("DENIED", "w")],
  [66, new BucketError("MISSING", "w")],
  [78, new BucketError("REGION", "w")],
  [75, new BucketError("BUSY", "w")],
  [64, new ReleaseError("KEY", "w")],
  [64, new ReleaseError("ADDRESS", "w")],
  [68, new ReleaseError("NAME", "w")],
  [69, new ReleaseError("UNAVAILABLE", "w")],
  [65, new ReleaseError("UNTRUSTED", "w")],
  [69, new ReleaseError("UNSUITABLE", "w")],
  [77, new KeyFileError("PASSPHRASE", "w")],
  [65, new KeyFileError("FORMAT", "w")],
];

test("every kind of failure has its code, and its sentence alone", () => {
  for (const [code, failure] of TOLD) {
    const about = [failure.constructor.name, "code" in failure ? failure.code : null];
    const found = [...about, failedExit(failure), sentenceOf(failure)];
    expect(found).toEqual([...about, code, failure.message]);
  }
});

test("a fault of ours ends with 70, and says where it happened", () => {
  const fault = new TypeError("ours");
  expect([failedExit(fault), sentenceOf(fault)]).toEqual([70, fault.stack as string]);
  expect([failedExit("thrown text"), sentenceOf("thrown text")]).toEqual([70, "thrown text"]);
});

/** As the system reports it. */
function systemError(code: string, more: Record<string, unknown>): Error {
  return Object.assign(new Error(code), { code, ...more });
}

test.each([
  ["EACCES", 77, "permission denied"],
  ["EPERM", 77, "permission denied"],
  ["EROFS", 73, "read-only"],
  ["ENOTDIR", 73, "not a folder"],
  ["EEXIST", 73, "a file in its place"],
  ["ENOENT", 73, "no such place"],
  ["ENAMETOOLONG", 73, "too long"],
  ["ELOOP", 66, "back to itself"],
  ["EISDIR", 66, "not a file"],
  ["ENOSPC", 74, "the disk is full"],
])("%s of a path ends with %d", (code, exitCode, told) => {
  const error = systemError(code, { syscall: "open", path: "/nowhere/at/all/." });
  expect([failedExit(error), sentenceOf(error)]).toEqual([
    exitCode,
    expect.stringMatching(new RegExp(`^Cannot use /nowhere/at/all: .*${told}`)),
  ]);
});

test("output that can't be written is told of, other errors of the system are ours", () => {
  const written = (code: string) => systemError(code, { syscall: "write" });
  expect([failedExit(written("ENOSPC")), failedExit(written("EIO"))]).toEqual([74, 74]);
  expect(failedExit(written("EBADF"))).toBe(70);
  expect(failedExit(systemError("ENOSPC", { syscall: "read" }))).toBe(70);
  expect(failedExit(systemError("EXDEV", { syscall: "rename", path: "/a" }))).toBe(70);
  expect(failedExit(systemError("EACCES", {}))).toBe(70);
});
