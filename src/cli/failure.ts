// Failures of commands: a sentence on standard error and a sysexits code (sheet 05 §3.1).

import { DerivationPathError } from "../keys/derivation-path.ts";
import { KeyFileError } from "../keys/key-file.ts";
import { KeyNotFoundError } from "../keys/key-store.ts";
import { MnemonicError } from "../keys/mnemonic.ts";
import { PublicKeyTextError } from "../keys/public-key-text.ts";
import { SecretFileError } from "../keys/secret-file.ts";
import { DialError } from "../net/dial.ts";
import { PeerPortError } from "../net/listener.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import { BansError } from "../peer/connections/bans.ts";
import { JoinError, type JoinErrorCode } from "../peer/join-error.ts";
import { OperatorSocketError } from "../peer/operator/operator-socket.ts";
import { ListenError } from "../rest/server.ts";
import { CertificateError } from "../rest/tls/certificate.ts";
import { BucketError, type BucketErrorCode } from "../store/bucket-error.ts";
import { StoreError } from "../store/store.ts";
import { systemCode } from "../system/system-code.ts";
import { ReleaseError } from "./release/manifest.ts";
import { SystemFailure, type SystemFailureCode, wordedFailure } from "./system-failure.ts";
import { clippedText, visibleText } from "./terminal/visible-text.ts";

/** Exit codes, by their sysexits names. */
export const EXIT = {
  ERROR: 1,
  USAGE: 64,
  DATAERR: 65,
  NOINPUT: 66,
  NOUSER: 67,
  NOHOST: 68,
  UNAVAILABLE: 69,
  SOFTWARE: 70,
  CANTCREAT: 73,
  IOERR: 74,
  TEMPFAIL: 75,
  NOPERM: 77,
  CONFIG: 78,
  INTERRUPT: 130,
  /** As the shell has it for a program that SIGPIPE ended. */
  PIPE: 141,
} as const;

/** A failure with a code and a sentence that says what to do. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

const RELEASE_EXIT: Readonly<Record<ReleaseError["code"], number>> = {
  KEY: EXIT.USAGE,
  ADDRESS: EXIT.USAGE,
  NAME: EXIT.NOHOST,
  UNAVAILABLE: EXIT.UNAVAILABLE,
  UNTRUSTED: EXIT.DATAERR,
  UNSUITABLE: EXIT.UNAVAILABLE,
};

const STORE_EXIT: Readonly<Record<StoreError["code"], number>> = {
  IN_USE: EXIT.TEMPFAIL,
  BUSY: EXIT.TEMPFAIL,
  VERSION: EXIT.CONFIG,
  FOREIGN: EXIT.CONFIG,
  DAMAGED: EXIT.DATAERR,
  FULL: EXIT.IOERR,
  ACCESS: EXIT.NOPERM,
  IO: EXIT.IOERR,
  CLOSED: EXIT.SOFTWARE,
};

const BUCKET_EXIT: Readonly<Record<BucketErrorCode, number>> = {
  NAME: EXIT.NOHOST,
  UNREACHABLE: EXIT.UNAVAILABLE,
  DENIED: EXIT.NOPERM,
  MISSING: EXIT.NOINPUT,
  REGION: EXIT.CONFIG,
  BUSY: EXIT.TEMPFAIL,
};

/** What the user handed over is not what it should be. */
const DATA_ERRORS = [MnemonicError, DerivationPathError, PublicKeyTextError];

const JOIN_EXIT: Readonly<Record<JoinErrorCode, number>> = {
  UNREACHABLE: EXIT.UNAVAILABLE,
  NAME: EXIT.NOHOST,
  GENESIS: EXIT.CONFIG,
  ACQUISITION: EXIT.TEMPFAIL,
};

/** Of files that are handed over, or asked for. */
const FILE_EXIT: Readonly<Record<SecretFileError["code"] | CertificateError["code"], number>> = {
  READ: EXIT.NOINPUT,
  DENIED: EXIT.NOPERM,
  CONTENT: EXIT.DATAERR,
  EXISTS: EXIT.CANTCREAT,
  WRITE: EXIT.CANTCREAT,
};

const SYSTEM_EXIT: Readonly<Record<SystemFailureCode, number>> = {
  PERMISSION: EXIT.NOPERM,
  PLACE: EXIT.CANTCREAT,
  INPUT: EXIT.NOINPUT,
  DISK: EXIT.IOERR,
};

/** The exit code of a failure. */
export function failedExit(given: unknown): number {
  const error = wordedFailure(given);
  if (error instanceof SystemFailure) return SYSTEM_EXIT[error.code];
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof KeyNotFoundError) return EXIT.CONFIG;
  if (error instanceof SecretFileError || error instanceof CertificateError)
    return FILE_EXIT[error.code];
  if (DATA_ERRORS.some((kind) => error instanceof kind)) return EXIT.DATAERR;
  if (error instanceof ListenError || error instanceof PeerPortError) return EXIT.UNAVAILABLE;
  if (error instanceof JoinError) return JOIN_EXIT[error.code];
  if (error instanceof BansError) return EXIT.DATAERR;
  if (error instanceof OperatorSocketError) return EXIT.UNAVAILABLE;
  if (error instanceof DialError) return error.code === "NAME" ? EXIT.NOHOST : EXIT.UNAVAILABLE;
  if (error instanceof NoReplyError) return EXIT.UNAVAILABLE;
  if (error instanceof StoreError) return STORE_EXIT[error.code];
  if (error instanceof BucketError) return BUCKET_EXIT[error.code];
  if (error instanceof ReleaseError) return RELEASE_EXIT[error.code];
  if (error instanceof KeyFileError)
    return error.code === "PASSPHRASE" ? EXIT.NOPERM : EXIT.DATAERR;
  return EXIT.SOFTWARE;
}

const EXPECTED = [
  CommandError,
  JoinError,
  BansError,
  OperatorSocketError,
  DialError,
  NoReplyError,
  KeyNotFoundError,
  SecretFileError,
  ListenError,
  CertificateError,
  PeerPortError,
  KeyFileError,
  StoreError,
  BucketError,
  ReleaseError,
  SystemFailure,
  ...DATA_ERRORS,
];

/** What a failure says: a sentence, or for our own faults where it happened. */
export function sentenceOf(given: unknown): string {
  const error = wordedFailure(given);
  if (!(error instanceof Error)) return String(error);
  const isExpected = EXPECTED.some((kind) => error instanceof kind);
  return isExpected ? error.message : (error.stack ?? error.message);
}

/**
 * The code of a failure, after its sentence went to standard error (a stack only for our own
 * faults).
 */
export function reportFailure(error: unknown): number {
  // Whoever read the output has gone (`… | head`): there is nobody to tell.
  if (systemCode(error) === "EPIPE") return EXIT.PIPE;
  process.stderr.write(`convex-peer: ${clippedText(visibleText(sentenceOf(error)))}\n`);
  return failedExit(error);
}

/** Runs a command's work; a failure becomes its sentence and its exit code. */
export async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
