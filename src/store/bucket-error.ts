// What an S3-compatible service, or the way to it, says no with, in words: the runtime has for all
// of them "an unexpected error has occurred" and a code.

import { systemCode } from "../system/system-code.ts";
import { untrustedCertificate } from "../system/untrusted-certificate.ts";

export type BucketErrorCode =
  /** The name of the service does not resolve. */
  | "NAME"
  /** Nobody answers there, or not as such a service does. */
  | "UNREACHABLE"
  /** The key is none, or may not. */
  | "DENIED"
  /** There is no such bucket, or no backup in it. */
  | "MISSING"
  /** The bucket is in another region. */
  | "REGION"
  /** Not now. */
  | "BUSY";

/** A bucket can't be used. The message is for an operator: what is wrong, what to do. */
export class BucketError extends Error {
  readonly code: BucketErrorCode;
  constructor(code: BucketErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

type Words = readonly [code: BucketErrorCode, what: string, fix: string];

const KEY = "check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY";
const ENDPOINT = "check --s3-endpoint, and that the service runs";
const RIGHTS = "give it the right to list, read and write there, or use another one";

/** By the runtime's code, or the service's own. */
const WORDS: Readonly<Record<string, Words>> = {
  DNSResolveFailed: ["NAME", "the name of the service does not resolve", "check --s3-endpoint"],
  ConnectionRefused: ["UNREACHABLE", "nobody answers there", ENDPOINT],
  ConnectionClosed: ["UNREACHABLE", "the connection was closed without an answer", ENDPOINT],
  ConnectionReset: ["UNREACHABLE", "the connection was closed without an answer", ENDPOINT],
  Timeout: ["UNREACHABLE", "no answer came in time", ENDPOINT],
  TLSHandshakeFailed: [
    "UNREACHABLE",
    "what answers there does not speak TLS",
    "check --s3-endpoint: is it http://?",
  ],
  InvalidAccessKeyId: ["DENIED", "the service does not know the key", KEY],
  SignatureDoesNotMatch: ["DENIED", "the secret is not that of the key", KEY],
  InvalidToken: ["DENIED", "the session's token is wrong", "check S3_SESSION_TOKEN"],
  ExpiredToken: ["DENIED", "the session's token has expired", "get another S3_SESSION_TOKEN"],
  AccessDenied: ["DENIED", "the key may not do this", RIGHTS],
  AllAccessDisabled: ["DENIED", "the key may not do this", RIGHTS],
  RequestTimeTooSkewed: ["BUSY", "this machine's clock is wrong", "set it (NTP)"],
  NoSuchBucket: [
    "MISSING",
    "there is no such bucket",
    "make it with the service's tools, or check its name and --s3-endpoint",
  ],
  NoSuchKey: ["MISSING", "a part of the backup is gone", "make another backup while you can"],
  InvalidBucketName: ["MISSING", "no bucket can have this name", "check it"],
  PermanentRedirect: ["REGION", "the bucket is in another region", "set S3_REGION to its name"],
  AuthorizationHeaderMalformed: [
    "REGION",
    "the bucket is in another region",
    "set S3_REGION to its name",
  ],
  SlowDown: ["BUSY", "the service is busy", "try again later"],
  ServiceUnavailable: ["BUSY", "the service is busy", "try again later"],
  InternalError: ["BUSY", "the service has an error of its own", "try again later"],
};

/** Of what answers with something else. */
const BODY_MAX = 100;

function wordsOf(code: string, body: string): Words {
  const known = WORDS[code];
  if (known !== undefined) return known;
  const untrusted = untrustedCertificate(code);
  if (untrusted !== null) return ["UNREACHABLE", ...untrusted];
  const answer = body.replaceAll(/\s+/g, " ").slice(0, BODY_MAX);
  return [
    "UNREACHABLE",
    `it does not answer as such a service does (${code}: ${answer})`,
    ENDPOINT,
  ];
}

/**
 * @param address of the bucket, as it was typed
 * @param endpoint URL of the service
 */
export function bucketErrorOf(address: string, endpoint: string, error: Error): BucketError {
  const [code, what, fix] = wordsOf(systemCode(error), error.message);
  return new BucketError(code, `${address} at ${endpoint}: ${what}; ${fix}.`, error);
}
