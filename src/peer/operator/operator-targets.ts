// What the operator's commands are about: keys, hosts and numbers, checked alike by the command
// that was typed and by the peer that is asked.

import { isIP } from "node:net";
import { bannedKey } from "../connections/bans.ts";
import { type PeerAddress, parseNamedHost } from "../connections/peer-address.ts";
import { OUTGOING_MAX } from "../network-bounds.ts";
import { isKeyPart } from "./key-part.ts";

/** What a command is about is not what it takes. The message says what was expected. */
export class TargetError extends Error {
  constructor(expected: string, found: string) {
    super(`expected ${expected}, found '${found}'`);
  }
}

/** Digits from which on hex is no host to be dialled; containers' names have 12. */
const KEY_LIKE = /^(?:0x)?[0-9a-fA-F]{16,}$/;

const EXPECTED_BANNED = "8 or more hex digits of a key, an IP address or a name with a dot";
const EXPECTED_DROPPED = "8 or more hex digits of a key, or HOST[:PORT]";

/** Whether a word names a key, whole or by its first digits. */
const isKey = (text: string) => bannedKey(text) !== null || isKeyPart(text);

/** Whether a word is an address or a name of the DNS, and not a key with digits missing. */
const looksLikeHost = (host: string) =>
  isIP(host) !== 0 || host === "localhost" || /[a-z0-9]\.[a-z0-9]/i.test(host);

/**
 * Whom a ban is of: a key or its first digits as typed, or a host without its port.
 * @throws TargetError
 */
export function banTarget(text: string): string {
  const trimmed = text.trim();
  if (isKey(trimmed)) return trimmed;
  const host = parseNamedHost(trimmed)?.host;
  if (host !== undefined && looksLikeHost(host)) return host;
  throw new TargetError(EXPECTED_BANNED, text);
}

/**
 * Whose ban is lifted, as `banTarget`; a name without a dot may stand in the file by another hand.
 * @throws TargetError
 */
export function unbanTarget(text: string): string {
  const trimmed = text.trim();
  if (isKey(trimmed)) return trimmed;
  const host = KEY_LIKE.test(trimmed) ? undefined : parseNamedHost(trimmed)?.host;
  if (host !== undefined) return host;
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
