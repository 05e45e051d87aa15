// How a peer is kept in its store: one root that names everything a restart needs, so that no part
// of it can be newer than another. Beside it, roots for the cells that others ask for by hash,
// which must be there even when they are short enough to be embedded.

import type { PeerRecord } from "../../consensus/peer-history.ts";
import { hexOfKey, toHex } from "../../crypto/hex.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import type { Cell, Value } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { isInteger } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import { Belief } from "../../state/belief.ts";
import { Order } from "../../state/order.ts";
import { State } from "../../state/state.ts";
import { type Position, type Store, type StoreBatch, StoreError } from "../../store/store.ts";

export const ROOT = { PEER: "peer", BELIEF: "belief", GENESIS: "genesis", STATE: "state" } as const;
/** Name under which the store holds the hash of the genesis State, in hex. */
export const GENESIS_META = "genesis";
/** Name under which the store says "yes" when it came from a backup and has not voted since. */
export const RESTORED_META = "restored";
/**
 * Name under which the store says "yes" when executed blocks have been taken back: the places of
 * what only they had stay, and are told to nobody (placed.ts).
 */
export const TAKEN_BACK_META = "taken back";

const KEY = Keyword.of("key");
const BELIEF = Keyword.of("belief");
const TIMESTAMP = Keyword.of("timestamp");
const POSITION = Keyword.of("position");
const ORDER = Keyword.of("order");
const STATE = Keyword.of("state");
const GENESIS = Keyword.of("genesis");
const RESULTS = Keyword.of("results");
const OWN = Keyword.of("own");

/** A peer as it is kept. */
export interface StoredPeer {
  readonly record: PeerRecord;
  /** The latest Order under the key of the peer: what it must never take back. */
  readonly own: Order | null;
}

/** What makes a peer, and the places of transactions that go with it, durable. */
export function recordBatch(
  { record, own }: StoredPeer,
  publicKey: Uint8Array,
  positions: readonly (readonly [string, Position])[],
): StoreBatch {
  const root = CVMMap.from([
    [KEY, Blob.of(publicKey)],
    [BELIEF, record.belief],
    [TIMESTAMP, record.timestamp],
    [POSITION, record.position],
    [ORDER, record.consensusOrder],
    [STATE, record.state],
    [GENESIS, record.genesis],
    [RESULTS, record.results],
    [OWN, own],
  ]);
  const roots: [string, Cell][] = [
    [ROOT.BELIEF, record.belief],
    [ROOT.STATE, record.state],
    [ROOT.PEER, root],
  ];
  return { roots, positions };
}

/** What is written once, with the first record. */
export function firstBatch(peer: StoredPeer, publicKey: Uint8Array): StoreBatch {
  const { record } = peer;
  const { roots } = recordBatch(peer, publicKey, []);
  const genesisHash = hexOfKey(hashKey(record.genesis));
  return {
    roots: [[ROOT.GENESIS, record.genesis], ...roots],
    meta: [[GENESIS_META, genesisHash]],
  };
}

/**
 * Public key of the peer in a store, null when there is none. @throws StoreError when it can't be
 * read
 */
export function recordKey(store: Store): Uint8Array | null {
  const hash = store.root(ROOT.PEER);
  if (hash === null) return null;
  const root = store.cell(hash);
  if (!(root instanceof CVMMap)) throw unreadable("it is not there");
  return required(root, KEY, Blob).toBytes();
}

/**
 * The peer in a store, null when there is none; its cells are loaded as they are touched.
 * @throws StoreError when the store holds another peer, or a record that can't be read
 */
export function loadRecord(store: Store, publicKey: Uint8Array): StoredPeer | null {
  const hash = store.root(ROOT.PEER);
  if (hash === null) return null;
  const root = store.cell(hash);
  if (!(root instanceof CVMMap)) throw unreadable("it is not there");
  const key = required(root, KEY, Blob);
  if (keyOf(key.toBytes()) !== keyOf(publicKey)) {
    throw new StoreError(
      "FOREIGN",
      `The store belongs to peer 0x${toHex(key.toBytes())}, not to ` +
        `0x${toHex(publicKey)}. Start with its key, or use another data ` +
        "directory.",
    );
  }
  const record = {
    belief: required(root, BELIEF, Belief),
    timestamp: integerAt(root, TIMESTAMP),
    position: Number(integerAt(root, POSITION)),
    consensusOrder: orderAt(root, ORDER),
    state: required(root, STATE, State),
    genesis: required(root, GENESIS, State),
    results: required(root, RESULTS, Vector),
  };
  return { record, own: orderAt(root, OWN) };
}

function orderAt(root: CVMMap, name: Keyword): Order | null {
  const order = root.get(name) ?? null;
  return order instanceof Order ? order : null;
}

function required<T extends Cell>(
  root: CVMMap,
  name: Keyword,
  type: abstract new (...args: never[]) => T,
): T {
  const value: Value = root.get(name) ?? null;
  if (value instanceof type) return value;
  throw unreadable(`its :${name.name} is missing`);
}

function integerAt(root: CVMMap, name: Keyword): number | bigint {
  const value = root.get(name) ?? null;
  if (isInteger(value)) return value;
  throw unreadable(`its :${name.name} is missing`);
}

function unreadable(reason: string): StoreError {
  return new StoreError(
    "DAMAGED",
    `The store is damaged: the record of the peer can't be read, ${reason}. Keep a copy of the ` +
      "data directory, and restore a backup or start on an empty one with --join.",
  );
}
