// When an authority wants a certificate renewed (ACME Renewal Information, RFC 9773): it may spread
// its load, or know that the certificate will be revoked. acme-client 5.4.0 does not ask.

import { X509Certificate } from "node:crypto";
import { Constructed, fromBER, Integer, ObjectIdentifier, OctetString, Primitive } from "asn1js";
import * as v from "valibot";
import type { Certificate } from "./certificate.ts";
import type { RenewalAdvice } from "./certificate-renewal.ts";

const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
const EXTENSIONS_TAG = 3;
const KEY_IDENTIFIER_TAG = 0;
const REQUEST_TIMEOUT_MS = 30_000;
/** Bounds of Retry-After, and what it is when it is not said (RFC 9773 4.3.2 and 4.3.3). */
const ASK_AGAIN_MIN_MS = 60_000;
const ASK_AGAIN_MS = 6 * 3_600_000;
const ASK_AGAIN_MAX_MS = 24 * 3_600_000;

const DIRECTORY = v.object({ renewalInfo: v.optional(v.string()) });
const TIME = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => Date.parse(text)),
);
const INFO = v.object({ suggestedWindow: v.object({ start: TIME, end: TIME }) });

export interface RenewalQuestion {
  /** URL of the authority's directory. */
  readonly directory: string;
  /** PEM of who vouches for the authority itself. */
  readonly authorityPem: string | null;
}

const childrenOf = (value: unknown): unknown[] =>
  value instanceof Constructed ? (value.valueBlock.value as unknown[]) : [];

/** DER within an OCTET STRING. */
function within(octets: unknown): unknown {
  if (!(octets instanceof OctetString)) return null;
  return fromBER(octets.valueBlock.valueHexView).result;
}

/** The key identifier in the extension of the authority's key; null without. */
function keyIdentifier(tbs: unknown[]): Uint8Array | null {
  const extensions = tbs.find(
    (part) =>
      part instanceof Constructed &&
      part.idBlock.tagNumber === EXTENSIONS_TAG &&
      part.idBlock.tagClass === 3,
  );
  for (const extension of childrenOf(childrenOf(extensions)[0])) {
    const parts = childrenOf(extension);
    const [name] = parts;
    if (!(name instanceof ObjectIdentifier)) continue;
    if (name.valueBlock.toString() !== AUTHORITY_KEY_IDENTIFIER) continue;
    const found = childrenOf(within(parts.at(-1))).find(
      (part) => part instanceof Primitive && part.idBlock.tagNumber === KEY_IDENTIFIER_TAG,
    );
    return found instanceof Primitive ? found.valueBlock.valueHexView : null;
  }
  return null;
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/** The name of a certificate for its authority (RFC 9773 4.1); null when it names no key of it. */
export function certificateId(chain: string): string | null {
  const [tbs] = childrenOf(fromBER(new X509Certificate(chain).raw).result);
  const parts = childrenOf(tbs);
  const serial = parts.find((part) => part instanceof Integer);
  const key = keyIdentifier(parts);
  if (serial === undefined || key === null) return null;
  return `${base64url(key)}.${base64url(serial.valueBlock.valueHexView)}`;
}

function askAgainInMs(header: string | null): number {
  const seconds = header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null;
  const waitMs = seconds === null ? ASK_AGAIN_MS : 1000 * seconds;
  return Math.min(Math.max(waitMs, ASK_AGAIN_MIN_MS), ASK_AGAIN_MAX_MS);
}

/**
 * Asks for the window in which a certificate should be renewed; null where the authority has none
 * to give.
 * @throws Error when it can't be asked, or answers something else
 */
export async function renewalAdvice(
  { chain }: Pick<Certificate, "chain">,
  { directory, authorityPem }: RenewalQuestion,
): Promise<RenewalAdvice | null> {
  const id = certificateId(chain);
  if (id === null) return null;
  const tls = authorityPem === null ? {} : { ca: authorityPem };
  const ask = (url: string) => fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), tls });
  const { renewalInfo } = v.parse(DIRECTORY, await (await ask(directory)).json());
  if (renewalInfo === undefined) return null;
  const response = await ask(`${renewalInfo.replace(/\/$/, "")}/${id}`);
  // A certificate that it does not know, such as one of another authority.
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${renewalInfo} answers with status ${response.status}`);
  const { start, end } = v.parse(INFO, await response.json()).suggestedWindow;
  if (end <= start) throw new Error(`${renewalInfo} names a window that ends before it begins`);
  const again = askAgainInMs(response.headers.get("retry-after"));
  return { startMs: start, endMs: end, askAgainInMs: again };
}
