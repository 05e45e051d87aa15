// Peers as the State has them, asked of a peer, and what stake does there (sheet 03 §4).

import { toHex } from "../../crypto/hex.ts";
import { readForm } from "../../cvm/compile/read-form.ts";
import { Address } from "../../data/address.ts";
import type { Integer } from "../../data/cell.ts";
import { integer } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMString } from "../../data/string.ts";
import { KeyNotFoundError } from "../../keys/key-store.ts";
import { parsePublicKey } from "../../keys/public-key-text.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../state/constants.ts";
import { ownValue } from "../../state/peer-stake.ts";
import { CommandError, EXIT } from "../failure.ts";
import { dataFolder } from "../files/data-folder.ts";
import { parseFilled } from "../flags.ts";
import { chosenKey, keyStoreOf } from "../keys/stored-key.ts";
import { storeOwnerIfKnown } from "../store/store-owner.ts";
import { awaitedRecord } from "./awaited-record.ts";
import { ownPeer } from "./own-peer.ts";
import { answeredInteger, answeredVector, type PeerClient } from "./peer-client.ts";

export const peerFlag = {
  kind: "parsed",
  parse: parseFilled,
  optional: true,
  placeholder: "HEX",
  brief: "Public key of the peer meant (default: the key of the data directory)",
} as const;

const KEY_DIGITS = 64;

/**
 * The public key of the peer meant, in hex: the one named, the only key of the data directory, or
 * among several that of the peer which runs there, or whose store is there.
 * @throws KeyNotFoundError, PublicKeyTextError, CommandError when there are several keys and none
 * runs
 */
export async function meantPeer(flags: {
  readonly dataDir?: string | undefined;
  readonly peer?: string | undefined;
}): Promise<string> {
  const { dataDir, peer } = flags;
  if (peer === undefined) {
    const isClear = keyStoreOf({ dataDir }).only().count < 2;
    if (isClear) return chosenKey({ dataDir }, "--peer").publicKey;
    const own = (await ownPeer(dataDir))?.peer ?? storeOwnerIfKnown(dataFolder(dataDir));
    return own ?? chosenKey({ dataDir }, "--peer").publicKey;
  }
  const digits = peer.trim().replace(/^0x/i, "");
  if (digits.length >= KEY_DIGITS) return toHex(parsePublicKey(peer));
  try {
    return keyStoreOf({ dataDir }).find(digits).publicKey;
  } catch (error) {
    if (!(error instanceof KeyNotFoundError)) throw error;
    const advice = `give all ${KEY_DIGITS} digits of a peer whose key is not here`;
    throw new KeyNotFoundError(`${error.message}; ${advice}`);
  }
}

/** The record of a peer, and what it is worth. Amounts are copper. */
export interface PeerFacts {
  /** Public key in hex. */
  readonly peer: string;
  readonly controller: Address;
  /**
   * Value of the controller's stake, rewards included: what decides about taking part. 0 when the
   * record is overdrawn.
   */
  readonly own: Integer;
  /**
   * Whether the rules come to no value of its stake, as when delegators have taken out more shares
   * than there were: then it takes no part, and nobody can change its stake (sheet 03 §4.1).
   */
  readonly isOverdrawn: boolean;
  /** Shares of the controller, and of all delegators. */
  readonly shares: Integer;
  readonly delegated: Integer;
  readonly delegators: number;
  /** Whether delegators have come and all have gone: `evict-peer` fails then (sheet 02 T27). */
  readonly isDeserted: boolean;
  readonly balance: Integer;
  readonly url: string | null;
  readonly metadata: CVMMap;
  /** Time of its last block in ms, -1 before the first. */
  readonly timestamp: Integer;
}

/** All peers together. */
export interface NetworkFacts {
  readonly peers: number;
  /** Number of peers with the minimum stake. */
  readonly eligible: number;
  /** Shares of all peers and delegators: the weights in consensus before they decay. */
  readonly shares: Integer;
}

/**
 * Value of the controller's stake of the record `p` under the key `k`. Where it can't be computed
 * nil: `get-peer-stake` would end the whole query, also one about all other peers.
 */
const OWN_VALUE =
  "(if (or (<= (+ (:stake p) (:delegated-stake p)) 0) " +
  "(and (>= (:delegated-stake p) 0) (>= (:balance p) 0))) (get-peer-stake k) nil)";

/** Null when the network has no record of it. @throws NoReplyError, CommandError */
export async function findPeer(client: PeerClient, peer: string): Promise<PeerFacts | null> {
  const source =
    `(let [k 0x${peer} p (get (:peers *state*) k)] (if p [(:controller p) ${OWN_VALUE} ` +
    "(:stake p) (:delegated-stake p) (count (:stakes p)) (:balance p) (:metadata p) (:timestamp p) " +
    "(nil? (:stakes p))] nil))";
  const found = answeredVector(await client.query(readForm(source)), 9);
  if (found === null) return null;
  const amount = (i: number): Integer => answeredInteger(found.get(i));
  const controller = found.get(0);
  if (!(controller instanceof Address)) {
    throw new CommandError(EXIT.DATAERR, `Peer ${peer} has no controller: nothing can be done`);
  }
  const metadata = found.get(6);
  const map = metadata instanceof CVMMap ? metadata : CVMMap.EMPTY;
  const url = map.get(Keyword.of("url"));
  return {
    peer,
    controller,
    own: found.get(1) === null ? 0 : amount(1),
    isOverdrawn: found.get(1) === null,
    shares: amount(2),
    delegated: amount(3),
    delegators: Number(amount(4)),
    isDeserted: found.get(8) === true,
    balance: amount(5),
    url: url instanceof CVMString ? url.toString() : null,
    metadata: map,
    timestamp: amount(7),
  };
}

/** @throws CommandError when the network has no record of it */
export async function peerFacts(client: PeerClient, peer: string): Promise<PeerFacts> {
  const found = await awaitedRecord(() => findPeer(client, peer));
  if (found !== null) return found;
  const advice =
    "`convex-peer peer create` gives it a record and a stake; --peer HEX names another";
  throw new CommandError(EXIT.NOUSER, `Peer ${peer} is not registered: ${advice}`);
}

/** @throws NoReplyError, CommandError */
export async function networkFacts(client: PeerClient): Promise<NetworkFacts> {
  const source =
    "(reduce (fn [[n m t] [k p]] " +
    `[(inc n) (if (>= (or ${OWN_VALUE} 0) ${MINIMUM_EFFECTIVE_STAKE}) (inc m) m) ` +
    "(+ t (:stake p) (:delegated-stake p))]) [0 0 0] (:peers *state*))";
  const found = answeredVector(await client.query(readForm(source)), 3);
  const at = (i: number) => answeredInteger(found?.get(i) ?? null);
  return { peers: Number(at(0)), eligible: Number(at(1)), shares: at(2) };
}

/** A delegator's stake in a peer, in copper. @throws NoReplyError, CommandError */
export async function delegatedBy(
  client: PeerClient,
  peer: string,
  address: Address,
): Promise<Integer> {
  const stake = await client.query(readForm(`(get-stake 0x${peer} #${address.value})`));
  return stake === null ? 0 : answeredInteger(stake);
}

/** Value of the controller's stake once its shares are set (sheet 03 §4.2). */
export function ownAfter({ balance, shares, delegated }: PeerFacts, next: Integer): Integer {
  const [b, s, d, n] = [BigInt(balance), BigInt(shares), BigInt(delegated), BigInt(next)];
  return integer(ownValue(b + n - s, n, d));
}

/**
 * Whether a peer's blocks are accepted and its Orders counted, which takes 10^12 copper (sheet 03
 * §1.3).
 * @param own copper: value of the controller's stake, without what others delegate
 */
export function isEligible(own: Integer): boolean {
  return own >= MINIMUM_EFFECTIVE_STAKE;
}
