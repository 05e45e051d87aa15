// What the operator's commands are about: keys, hosts and numbers, checked alike by the command
// that was typed and by the peer that is asked.

import { isIP } from "node:net";
import { bannedKey } from "../connections/bans.ts";
import { canonicalHost, isNumeric } from "../connections/host-form.ts";
import { type PeerAddress, parseNamedHost, readNamedHost } from "../connections/peer-address.ts";
import { OUTGOING_MAX } from "../network-bounds.ts";
import { isKeyPart } from "./key-part.ts";

/** What a command is about is not what it takes. The message says what was expected. */
export class TargetError extends Error {
  constructor(expected: string, found: string, advice?: string) {
    super(`expected ${expected}, found '${found}'${advice === undefined ? "" : `: ${advice}`}`);
  }
}

/** Digits from which on hex is no host to be dialled; containers' names have 12. */
const KEY_LIKE = /^(?:0x)?[0-9a-f]{16,}$/i;

const EXPECTED_BANNED = "8 or more hex digits of a key, an IP address or a name with a dot";
const EXPECTED_IPV4 = "an IPv4 address of four numbers up to 255, without zeros before them";
const EXPECTED_WHOLE = "a host without a port, or a key";
const WHOLE_ADVICE =
  "a ban is of a whole host or of a key, `convex-peer peers drop HOST:PORT` closes one connection";
const EXPECTED_DROPPED = "8 or more hex digits of a key, or HOST[:PORT]";

/** Whether a word names a key, whole or by its first digits. */
const isKey = (text: string) => bannedKey(text) !== null || isKeyPart(text);

/** Whether a word is an address or a name of the DNS, and not a key with digits missing. */
const looksLikeHost = (host: string) =>
  isIP(host) !== 0 || host === "localhost" || /[a-z0-9]\.[a-z0-9]/i.test(host);

/**
 * Whom a ban is of: a key or its first digits as typed, or a host in its one spelling.
 * @throws TargetError
 */
export function banTarget(text: string): string {
  const trimmed = text.trim();
  if (isKey(trimmed)) return trimmed;
  const named = readNamedHost(trimmed);
  if (named === null || !looksLikeHost(named.host)) throw new TargetError(EXPECTED_BANNED, text);
  if (named.port !== null) throw new TargetError(EXPECTED_WHOLE, text, WHOLE_ADVICE);
  const host = canonicalHost(named.host);
  if (host !== null) return host;
  throw new TargetError(isNumeric(named.host) ? EXPECTED_IPV4 : EXPECTED_BANNED, text);
}

/**
 * Whose ban is lifted, as `banTarget`, but with a port, too; what `banTarget` refuses may stand in
 * the file by another hand.
 * @throws TargetError
 */
export function unbanTarget(text: string): string {
  const trimmed = text.trim();
  if (isKey(trimmed)) return trimmed;
  const host = KEY_LIKE.test(trimmed) ? undefined : parseNamedHost(trimmed)?.host;
  if (host !== undefined) return canonicalHost(host) ?? host;
  throw new TargetError(EXPECTED_BANNED, text);
}

/** Whose connections are dropped, as it was typed. @throws TargetError */
export function dropTarget(text: string): string {
  const trimmed = text.trim();
  if (isKey(trimmed)) return trimmed;
  if (!KEY_LIKE.test(trimmed) && parseNamedHost(trimmed) !== null) return trimmed;
  throw new TargetError(EXPECTED_DROPPED, text);
}

/** The host to connect to; without a port, it is that of peers. @throws TargetError */
export function connectTarget(text: string): PeerAddress {
  const address = KEY_LIKE.test(text.trim()) ? null : parseNamedHost(text);
  if (address !== null) return address;
  throw new TargetError("HOST:PORT", text);
}

/** How many outgoing connections are wanted. @throws TargetError naming the range */
export function outgoingTarget(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= OUTGOING_MAX) return count;
  throw new TargetError(`a number from 0 to ${OUTGOING_MAX}`, text);
}
