// Whether the record of a peer fits together, beyond its cells being there: the roots are parts of
// the record, there is a result for each executed block, and each position is where the Order says.

import { hexOfKey, toHex } from "../../crypto/hex.ts";
import type { Value } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { SignedData } from "../../data/signed.ts";
import type { Vector } from "../../data/vector.ts";
import { Block } from "../../state/block.ts";
import { BlockResult } from "../../state/block-result.ts";
import { type Position, type Store, WHOLE_BLOCK } from "../../store/store.ts";
import { forgottenCount } from "./history-window.ts";
import {
  GENESIS_META,
  loadRecord,
  ROOT,
  recordKey,
  type StoredPeer,
  TAKEN_BACK_META,
} from "./peer-record.ts";
import { isPlacedAt } from "./placed.ts";

/** Blocks after which others get their turn. */
const SLICE_BLOCKS = 64;

export interface RecordFigures {
  /** Key of the peer in hex. */
  readonly peer: string;
  readonly genesis: string;
  readonly state: string;
  /** Executed blocks, and the first whose State and Results are kept. */
  readonly blocks: number;
  readonly keptFrom: number;
}

/**
 * The peer in a store whoever it is, null when it is empty. @throws StoreError when it can't be
 * read
 */
export function anyRecord(store: Store): StoredPeer | null {
  const key = recordKey(store);
  return key === null ? null : loadRecord(store, key);
}

/** What is in a store, null when it is empty. @throws StoreError */
export function recordFigures(store: Store): RecordFigures | null {
  const key = recordKey(store);
  const stored = key === null ? null : loadRecord(store, key);
  if (key === null || stored === null) return null;
  const { record } = stored;
  return {
    peer: toHex(key),
    genesis: hexOfKey(hashKey(record.genesis)),
    state: hexOfKey(hashKey(record.state)),
    blocks: record.position,
    keptFrom: forgottenCount(record.results),
  };
}

/**
 * What is wrong with the record in a store; nothing when the store is empty.
 * @param positionCount number of positions that the store holds below a block
 * @throws StoreError when a cell can't be read
 */
export async function checkRecord(
  store: Store,
  positionCount: (belowBlock: number) => number,
  pause: (blocks: number, total: number) => Promise<void>,
): Promise<string[]> {
  const stored = anyRecord(store);
  if (stored === null) {
    return store.root(ROOT.STATE) === null ? [] : [`root '${ROOT.PEER}' is missing`];
  }
  const { record } = stored;
  const findings = rootFindings(store, stored);
  const blocks = record.consensusOrder?.blocks ?? null;
  const { position, results } = record;
  if (results.count !== position) {
    findings.push(`there are ${results.count} results of ${position} executed blocks`);
  }
  if (position > (blocks?.count ?? 0)) {
    findings.push(`${position} blocks are executed, and ${blocks?.count ?? 0} are there`);
    return findings;
  }
  // Positions of blocks that were taken back stay, so that their number says nothing.
  const hasTakenBack = store.meta(TAKEN_BACK_META) === "yes";
  let matched = 0;
  for (let i = 0; i < position; i++) {
    const signed = blocks?.get(i) ?? null;
    matched += positionsAt(store, signed, i);
    if (signed instanceof SignedData && !isPlaced(store, signed, results.get(i))) {
      findings.push(`block ${i} has lost positions`);
    }
    if (hasTakenBack && signed instanceof SignedData && isMisplaced(store, signed, blocks)) {
      findings.push(`block ${i} has positions that are not where the Order says`);
    }
    if (i % SLICE_BLOCKS === 0) await pause(i, position);
  }
  for (let i = forgottenCount(results); i < results.count; i++) {
    if (!(results.get(i) instanceof BlockResult)) findings.push(`block ${i} has no result`);
  }
  const found = positionCount(position);
  if (found < matched || (found > matched && !hasTakenBack)) {
    findings.push(`${found} positions are stored, ${matched} of which are where the Order says`);
  }
  return findings;
}

function rootFindings(store: Store, { record }: StoredPeer): string[] {
  const findings: string[] = [];
  const expected = [
    [ROOT.BELIEF, hashKey(record.belief)],
    [ROOT.STATE, hashKey(record.state)],
    [ROOT.GENESIS, hashKey(record.genesis)],
  ] as const;
  for (const [name, hash] of expected) {
    if (store.root(name) !== hash) findings.push(`root '${name}' is not that of the record`);
  }
  if (store.meta(GENESIS_META) !== hexOfKey(hashKey(record.genesis))) {
    findings.push("the hash of the genesis State is not that of the record");
  }
  return findings;
}

/** Number of positions that say of a block and its transactions that they are here. */
function positionsAt(store: Store, signed: unknown, block: number): number {
  if (!(signed instanceof SignedData)) return 0;
  let count = isHere(store.position(hashKey(signed)), block, WHOLE_BLOCK) ? 1 : 0;
  if (!(signed.value instanceof Block)) return count;
  let index = 0;
  for (const transaction of signed.value.listed()) {
    if (isHere(store.position(hashKey(transaction)), block, index)) count++;
    index++;
  }
  return count;
}

/**
 * Whether a block, and all its transactions that are known to have a Result, have some position.
 */
function isPlaced(store: Store, signed: SignedData, result: Value): boolean {
  if (store.position(hashKey(signed)) === null) return false;
  if (!(result instanceof BlockResult) || !(signed.value instanceof Block)) return true;
  let index = 0;
  for (const transaction of signed.value.listed()) {
    const hasResult = result.result(index++) !== null;
    if (hasResult && store.position(hashKey(transaction)) === null) return false;
  }
  return true;
}

/** Whether a block, or a transaction of it, has a position at which something else stands. */
function isMisplaced(store: Store, signed: SignedData, blocks: Vector | null): boolean {
  const isWrong = (hash: string) => {
    const place = store.position(hash);
    if (place === null) return false;
    const { block, index } = place;
    const there = block >= 0 && block < (blocks?.count ?? 0) ? blocks?.get(block) : null;
    return !isPlacedAt(hash, index, there instanceof SignedData ? there : null);
  };
  if (isWrong(hashKey(signed))) return true;
  if (!(signed.value instanceof Block)) return false;
  for (const transaction of signed.value.listed()) if (isWrong(hashKey(transaction))) return true;
  return false;
}

function isHere(position: Position | null, block: number, index: number): boolean {
  return position !== null && position.block === block && position.index === index;
}
