// What is found out through the other peer before anything is done: whether the network needs the
// peer's vote, and who signs for its stake. The controller's key is opened then, for it may be the
// very key that is put away.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { keyOfFile, type StoredKey } from "../../keys/key-store.ts";
import { type AccountFacts, accountFacts } from "../contact/account-facts.ts";
import { type HostFlags, type PeerClient, withPeer } from "../contact/peer-client.ts";
import { findPeer } from "../contact/peer-facts.ts";
import { isThere } from "../files/file-presence.ts";
import { openSigningKey, type SignerChoice, signingKey } from "../keys/account-key.ts";
import { addressText } from "../terminal/address-text.ts";
import type { EmergencyScene } from "./emergency-steps.ts";
import { sealedPath } from "./sealing.ts";
import { votingShare } from "./voting-share.ts";

/** A way that does not answer must not keep the peer running for longer. */
const LOOK_MAX_MS = 3_000;

export interface Outlook {
  /** The peer's part of all voting weight, 0 to 1. */
  readonly share: number;
  /** The controller, null when it has no stake to take back. */
  readonly controller: AccountFacts | null;
}

/** Nothing is known: the peer is stopped at once. */
const UNKNOWN: Outlook = { share: 0, controller: null };

async function look(client: PeerClient, peer: string): Promise<Outlook> {
  const share = await votingShare(client, peer);
  const found = await findPeer(client, peer);
  const isOwed = found !== null && found.shares !== 0;
  return { share, controller: isOwed ? await accountFacts(client, found.controller) : null };
}

/** What the other peer says within 3 s; what can't be found out fails in the step that needs it. */
export async function outlookOf(flags: HostFlags, peer: string): Promise<Outlook> {
  const asked = withPeer(flags, (client) => look(client, peer)).catch(() => UNKNOWN);
  return Promise.race([asked, Bun.sleep(LOOK_MAX_MS).then(() => UNKNOWN)]);
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
