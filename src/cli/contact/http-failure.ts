// Why a request by HTTP got no answer, in words: the runtime's are for who writes programs.

import { untrustedCertificate } from "../../system/untrusted-certificate.ts";

interface RuntimeError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

const UNRESOLVED = /^(?:ENOTFOUND|EAI_AGAIN|ENODATA)$/;
const WORDS: readonly (readonly [code: RegExp, words: string])[] = [
  [/^(?:ECONNREFUSED|ConnectionRefused)$/, "nobody listens there"],
  [UNRESOLVED, "the name does not resolve"],
  [/^(?:ECONNRESET|ConnectionClosed|EPIPE)$/, "the connection was closed without an answer"],
  [/^EPROTO$/, "what answers there does not speak TLS"],
];
const NO_HTTP = /Malformed_HTTP_Response/;

/** Whether the name of the host is nobody's, or no name server answers. */
export function isUnresolved(error: unknown): boolean {
  const { code } = Object(error) as RuntimeError;
  return UNRESOLVED.test(String(code));
}

/** As the middle of a sentence. @param timeoutMs how long an answer was waited for */
export function httpFailure(error: unknown, timeoutMs: number): string {
  const { name, code, message } = Object(error) as RuntimeError;
  if (name === "TimeoutError") return `no answer in ${timeoutMs / 1_000} s`;
  const known = WORDS.find(([pattern]) => pattern.test(String(code)));
  if (known !== undefined) return known[1];
  const untrusted = untrustedCertificate(String(code));
  if (untrusted !== null) return untrusted.join("; ");
  const text = String(message ?? error);
  return NO_HTTP.test(text) ? "what answers is no HTTP API" : text.replace(/\. .*$/s, "");
}
