// What is found out through the other peer before anything is done: whether the network needs the
// peer's vote, and who signs for its stake. The controller's key is opened then, for it may be the
// very key that is put away.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import { keyOfFile, type StoredKey } from "../../keys/key-store.ts";
import { type AccountFacts, accountFacts } from "../contact/account-facts.ts";
import { type HostFlags, type PeerClient, withPeer } from "../contact/peer-client.ts";
import { findPeer } from "../contact/peer-facts.ts";
import { CommandError, EXIT, failedExit, sentenceOf } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { openSigningKey, type SignerChoice, signingKey } from "../keys/account-key.ts";
import { addressText } from "../terminal/address-text.ts";
import type { EmergencyScene } from "./emergency-steps.ts";
import { sealedPath } from "./sealing.ts";
import { votingShare } from "./voting-share.ts";

/** A way that does not answer must not keep the operator waiting for longer. */
const LOOK_MAX_MS = 3_000;
const SECOND_MS = 1_000;

/** What the other peer says. */
interface Seen {
  readonly kind: "seen";
  /** The peer's part of all voting weight, 0 to 1. */
  readonly share: number;
  /** Whether the other peer takes no part in consensus. */
  readonly isStale: boolean;
  /** Hash of its network's genesis State in hex. */
  readonly genesis: string;
  /** The controller, null when it has no stake to take back. */
  readonly controller: AccountFacts | null;
}

/**
 * `silent`: it answers, and says nothing of the peer's weight; `no way`: it can't be reached, is
 * the broken peer itself or of another network, and nothing could be taken back through it.
 */
export type Outlook =
  | Seen
  | { readonly kind: "silent"; readonly why: string }
  | { readonly kind: "no way"; readonly error: CommandError };

/** Codes of what keeps a question from being answered, for now or as it was put. */
const UNANSWERED: readonly number[] = [EXIT.USAGE, EXIT.NOHOST, EXIT.UNAVAILABLE, EXIT.TEMPFAIL];

/**
 * Hash of the genesis State of the network of the peer gone through, in hex.
 * @throws CommandError when that peer is the one that was broken into
 */
export async function requireIndependent(client: PeerClient, peer: string): Promise<string> {
  const status = await client.status();
  if (toHex(bytesOfKey(status.peer)) !== peer) return toHex(bytesOfKey(status.genesis));
  const fix = "name another peer of the network with --via";
  throw new CommandError(EXIT.USAGE, `--via leads to the broken peer itself: ${fix}`);
}

async function look(client: PeerClient, peer: string): Promise<Outlook> {
  const genesis = await requireIndependent(client, peer);
  const votes = await votingShare(client, peer);
  if (votes === null) return { kind: "silent", why: "its answer tells no weights" };
  const found = await findPeer(client, peer);
  const isOwed = found !== null && found.shares !== 0;
  const controller = isOwed ? await accountFacts(client, found.controller) : null;
  return { kind: "seen", ...votes, genesis, controller };
}

function outlookAfter(error: unknown): Outlook {
  const exitCode = failedExit(error);
  const why = sentenceOf(error);
  if (UNANSWERED.includes(exitCode))
    return { kind: "no way", error: new CommandError(exitCode, why) };
  if (error instanceof CommandError) return { kind: "silent", why };
  throw error;
}

/** What the other peer says within 3 s. */
export async function outlookOf(flags: HostFlags, peer: string): Promise<Outlook> {
  const asked = withPeer(flags, (client) => look(client, peer)).catch(outlookAfter);
  const words = `the peer of --via has not answered within ${LOOK_MAX_MS / SECOND_MS} s`;
  const late = Promise.withResolvers<Outlook>();
  const error = new CommandError(EXIT.UNAVAILABLE, words);
  const timer = setTimeout(() => late.resolve({ kind: "no way", error }), LOOK_MAX_MS);
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    // It would keep the command from ending.
    clearTimeout(timer);
  }
}

/** @param genesis of the peer's own network in hex, null when that is not known */
export function inNetwork(outlook: Outlook, genesis: string | null): Outlook {
  if (outlook.kind !== "seen" || genesis === null || outlook.genesis === genesis) return outlook;
  const what = `--via leads to a peer of another network, ${outlook.genesis}, not ${genesis}`;
  const fix = "name a peer of the broken one's network";
  return { kind: "no way", error: new CommandError(EXIT.USAGE, `${what}: ${fix}`) };
}

/** The sealed key file where it is what signs: it has another name than the flags know. */
function sealedKey({ folder, peer }: EmergencyScene, choice: SignerChoice): StoredKey | null {
  const { key, keyFile } = choice;
  if (key !== undefined && !peer.startsWith(key.toLowerCase().replace(/^0x/, ""))) return null;
  if (keyFile !== undefined && isThere(keyFile)) return null;
  const path = sealedPath(folder, peer);
  return isThere(path) ? keyOfFile(path) : null;
}

/**
 * The controller's key, its passphrase asked for where that is needed; undefined for an actor.
 * @throws KeyFileError, SecretFileError, KeyNotFoundError, CommandError
 */
export async function openController(
  scene: EmergencyScene,
  choice: SignerChoice,
  { address, key }: AccountFacts,
): Promise<KeyPair | undefined> {
  if (key === null) return undefined;
  const sealed = key === scene.peer ? sealedKey(scene, choice) : null;
  const stored = sealed ?? signingKey(choice, key, `account ${addressText(address)}`);
  return openSigningKey(stored, choice);
}
