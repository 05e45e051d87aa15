// What has to be sent of a Belief to someone who has another one already (sheet 04 §8.2): the cells
// of Orders that changed, as far as they go beyond the Orders known, and the blocks behind. Grouped
// by Order and by block, so that a link can leave out what its own end has sent before. The cells
// down to the signed Orders always go along: a peer of the reference keeps those of an earlier
// message only if it took the Order, and throws away the whole message when it lacks one of them. A
// message may hold the whole Belief, or one of the Orders alone that are news: whoever merges looks
// at each Order by itself, and keeps what it knows of the peers that are not in it.

import { commonPrefix } from "../consensus/common-prefix.ts";
import { pointsOf } from "../consensus/points.ts";
import { signedOrder } from "../consensus/vote.ts";
import { forEachBranch, isBranch } from "../data/branches.ts";
import {
  type Cell,
  MAX_EMBEDDED_LENGTH,
  Ref,
  resolveSlot,
  type Slot,
  type Value,
} from "../data/cell.ts";
import { encoding, hashKey, slotHashKey } from "../data/encode.ts";
import { Index } from "../data/index-map.ts";
import { joinCells, MAX_MESSAGE_LENGTH } from "../data/multi-cell.ts";
import { SignedData } from "../data/signed.ts";
import type { Vector } from "../data/vector.ts";
import { CHUNK_SIZE, childShift } from "../data/vector-shape.ts";
import { prefixOf } from "../data/vector-tree.ts";
import { Belief } from "../state/belief.ts";
import { CONSENSUS_LEVEL, type Order } from "../state/order.ts";

/** Cells that belong together: those of one Order without its blocks, or those of one block. */
export interface CellGroup {
  /** Name of the signed Order, or hash key of the signed block. */
  readonly key: string;
  /** Key of the peer that has signed a block, as 32 characters; null for an Order. */
  readonly blockOf: string | null;
  /** Encodings of the cells that are not embedded, by hash key, parents first. */
  readonly cells: ReadonlyMap<string, Uint8Array>;
}

/** Whether the receiver of a message has a group already, or gets it elsewhere. */
export type HasGroup = (group: Pick<CellGroup, "key" | "blockOf">) => boolean;

/** One block, encoded when somebody lacks it: most receivers have had it from who made it. */
class BlockGroup implements CellGroup {
  readonly key: string;
  readonly #signed: Value;
  #cells: ReadonlyMap<string, Uint8Array> | null = null;

  constructor(key: string, signed: Value) {
    this.key = key;
    this.#signed = signed;
  }

  get blockOf(): string {
    return this.#signed instanceof SignedData ? this.#signed.signer : "";
  }

  get cells(): ReadonlyMap<string, Uint8Array> {
    if (this.#cells === null) {
      const cells = new Map<string, Uint8Array>();
      addTree(cells, this.#signed);
      this.#cells = cells;
    }
    return this.#cells;
  }
}

export class BeliefDelta {
  readonly groups: readonly CellGroup[];
  /** The signed Orders that changed, by name, with the key of their peer. */
  readonly orders: ReadonlyMap<string, readonly [Value, SignedData]>;
  /** Messages made so far: most receivers lack the same. */
  readonly payloads: Payloads = new Map();
  readonly #belief: Belief;
  #head: ReadonlyMap<string, Uint8Array> | null = null;

  constructor(belief: Belief, groups: BeliefDelta["groups"], orders: BeliefDelta["orders"]) {
    this.#belief = belief;
    this.groups = groups;
    this.orders = orders;
  }

  get top(): Uint8Array {
    return encoding(this.#belief);
  }

  /** Cells from the Belief down to the signed Orders, by hash key: news alone goes without them. */
  get head(): ReadonlyMap<string, Uint8Array> {
    this.#head ??= headOf(this.#belief);
    return this.#head;
  }
}

/** Messages by what is in them: their kind, and a digit for each group. */
type Payloads = Map<string, Uint8Array | null>;

/** Bytes kept free in a message for the lengths of its cells. */
const MESSAGE_MARGIN_BYTES = 1_000_000;
/** Messages of one delta that are kept. */
const PAYLOADS_MAX = 16;
/** Number of hex digits that one level of a vector takes: full parts hold a power of 16. */
const LEVEL_BITS = 4;

/**
 * @param known the Belief the other has, or null when it is not known what it has
 * @param assumed without `known`: the number of blocks that the other is taken to have
 */
export function beliefDelta(belief: Belief, known: Belief | null, assumed: number): BeliefDelta {
  const delta = new DeltaWalk(known, assumed);
  const before = known?.entries ?? [];
  for (const [i, [key, signed]] of belief.entries.entries()) {
    // Most are as they were, and where they were.
    if (before[i]?.[1] === signed) continue;
    if (signed instanceof SignedData) delta.addOrder(key, signed);
  }
  return new BeliefDelta(belief, delta.groups, delta.orders);
}

/** The cells from a Belief down to its signed Orders, by hash key. */
function headOf(belief: Belief): Map<string, Uint8Array> {
  const head = new Map<string, Uint8Array>();
  for (const [key, cell] of indexCells(belief.orders)) head.set(key, encoding(cell));
  for (const [, signed] of belief.entries) {
    if (signed instanceof SignedData) addCell(head, signed);
  }
  return head;
}

/**
 * A message with the whole Belief of a delta, without the groups that the other has. Not to be
 * changed.
 */
export function deltaPayload(delta: BeliefDelta, has: HasGroup): Uint8Array {
  const make = () => payloadOf(delta.top, delta.head, delta.groups, has);
  return sharedPayload(delta, WHOLE, has, make) as Uint8Array;
}

/**
 * A message with a Belief of the changed Orders alone that the other lacks, without the groups that
 * it has; null when it lacks none. Not to be changed.
 */
export function newsPayload(delta: BeliefDelta, has: HasGroup): Uint8Array | null {
  return sharedPayload(delta, NEWS, has, () => {
    const entries: (readonly [Value, SignedData])[] = [];
    for (const [key, entry] of delta.orders) {
      if (!has({ key, blockOf: null })) entries.push(entry);
    }
    if (entries.length === 0) return null;
    const news = Belief.of(Index.from(entries) as Index);
    return payloadOf(encoding(news), headOf(news), delta.groups, has);
  });
}

const WHOLE = "w";
const NEWS = "n";

/**
 * A message of one kind, made once for all who lack the same groups; each Order has one of its own.
 */
function sharedPayload(
  { groups, payloads }: BeliefDelta,
  kind: string,
  has: HasGroup,
  make: () => Uint8Array | null,
): Uint8Array | null {
  let name = kind;
  for (const group of groups) name += has(group) ? "0" : "1";
  const known = payloads.get(name);
  if (known !== undefined) return known;
  const payload = make();
  if (payloads.size < PAYLOADS_MAX) payloads.set(name, payload);
  return payload;
}

function payloadOf(
  top: Uint8Array,
  head: ReadonlyMap<string, Uint8Array>,
  groups: readonly CellGroup[],
  has: HasGroup,
): Uint8Array {
  const cells = new Map(head);
  let bytes = headBytes(top, head);
  for (const group of groups) {
    if (has(group)) continue;
    for (const [key, encoded] of group.cells) {
      // What does not fit is asked for by the receiver.
      if (bytes + encoded.length > MAX_MESSAGE_LENGTH - MESSAGE_MARGIN_BYTES) break;
      if (cells.has(key)) continue;
      cells.set(key, encoded);
      bytes += encoded.length;
    }
  }
  return joinCells(top, [...cells.values()]);
}

/** Bytes of all groups. */
export function deltaBytes(delta: BeliefDelta): number {
  let bytes = headBytes(delta.top, delta.head);
  for (const group of delta.groups) for (const cell of group.cells.values()) bytes += cell.length;
  return bytes;
}

function headBytes(top: Uint8Array, head: BeliefDelta["head"]): number {
  let bytes = top.length;
  for (const cell of head.values()) bytes += cell.length;
  return bytes;
}

class DeltaWalk {
  readonly groups: CellGroup[] = [];
  readonly orders = new Map<string, readonly [Value, SignedData]>();
  readonly #known: Index;
  readonly #assumed: number;
  readonly #isFromNothing: boolean;
  /** Block vectors that are done, by hash key; Orders often share theirs. */
  readonly #vectors = new Set<string>();
  /** Blocks that are known or done, by hash key. */
  readonly #blocks = new Set<string>();
  /** The longest block vector known. */
  #longest: Vector | null = null;

  constructor(known: Belief | null, assumed: number) {
    this.#isFromNothing = known === null;
    this.#known = known?.orders ?? Index.EMPTY;
    this.#assumed = assumed;
    for (const [, signed] of known?.entries ?? []) {
      const order = signedOrder(signed);
      if (order !== null) this.#note(order);
    }
  }

  /** The blocks of a known Order that may stand elsewhere in others: those that are not final. */
  #note(order: Order): void {
    const { blocks } = order;
    if (this.#longest === null || blocks.count > this.#longest.count) this.#longest = blocks;
    const hash = hashKey(blocks);
    if (this.#vectors.has(hash)) return;
    this.#vectors.add(hash);
    const final = Math.min(blocks.count, pointsOf(order)[CONSENSUS_LEVEL.FINALITY] as number);
    for (let i = final; i < blocks.count; i++) this.#blocks.add(hashKey(blocks.get(i)));
  }

  addOrder(key: Value, signed: SignedData): void {
    const before = this.#known.get(key);
    if (before instanceof SignedData && before.name === signed.name) return;
    const order = signedOrder(signed);
    if (order === null) return;
    this.orders.set(signed.name, [key, signed]);
    const cells = new Map<string, Uint8Array>();
    addCell(cells, order);
    const { blocks } = order;
    const prefix = this.#prefix(blocks, signedOrder(before));
    addVector(cells, blocks.built(), 0, prefix);
    // The points are embedded in every Order that is well formed.
    this.groups.push({ key: signed.name, blockOf: null, cells });
    const hash = hashKey(blocks);
    if (this.#vectors.has(hash)) return;
    this.#vectors.add(hash);
    for (let i = prefix; i < blocks.count; i++) this.#addBlock(blocks.get(i));
  }

  /** How many of the blocks the other has at the same place. */
  #prefix(blocks: Vector, before: Order | null): number {
    if (this.#isFromNothing) return Math.min(this.#assumed, blocks.count);
    const base = before?.blocks ?? this.#longest;
    return base === null ? 0 : commonPrefix(blocks, base);
  }

  #addBlock(signed: Value): void {
    const key = hashKey(signed);
    if (this.#blocks.has(key)) return;
    this.#blocks.add(key);
    this.groups.push(new BlockGroup(key, signed));
  }
}

/** Adds a cell unless its parent contains it. */
function addCell(cells: Map<string, Uint8Array>, cell: Value): void {
  if (!isBranch(cell)) return;
  const bytes = encoding(cell);
  if (bytes.length > MAX_EMBEDDED_LENGTH) cells.set(hashKey(cell), bytes);
}

/** Adds a value and all below it. */
function addTree(cells: Map<string, Uint8Array>, root: Value): void {
  addCell(cells, root);
  const stack: Value[] = [root];
  const push = (branch: Slot) => {
    const key = slotHashKey(branch);
    if (cells.has(key)) return;
    const value = branch instanceof Ref ? branch.load() : branch;
    addCell(cells, value);
    stack.push(value);
  };
  while (stack.length > 0) forEachBranch(stack.pop() as Value, push);
}

/**
 * Adds the cells of a vector without its elements, except for full parts before `prefix`: these
 * are in any other vector with that prefix.
 */
function addVector(cells: Map<string, Uint8Array>, v: Vector, start: number, prefix: number): void {
  if (isFullPart(v.count) && start + v.count <= prefix) return;
  addCell(cells, v);
  if (!v.isTree) {
    if (v.count > CHUNK_SIZE) addVector(cells, prefixOf(v), start, prefix);
    return;
  }
  const size = 2 ** childShift(v.count);
  for (let i = 0; i < v.slotCount; i++) {
    const childStart = start + i * size;
    const isDone = childStart + size <= prefix && (i + 1) * size <= v.count;
    if (!isDone) addVector(cells, resolveSlot(v, i) as Vector, childStart, prefix);
  }
}

/** Whether parts of this count are the same cell wherever they stand. */
function isFullPart(count: number): boolean {
  const bits = 31 - Math.clz32(count);
  return count >= CHUNK_SIZE && count === 2 ** bits && bits % LEVEL_BITS === 0;
}

/** The cells of an Index that are not embedded, without its values, by hash key. */
function indexCells(index: Index): Map<string, Cell> {
  const found = new Map<string, Cell>();
  const stack: Index[] = [index];
  while (stack.length > 0) {
    const cell = stack.pop() as Index;
    if (isBranch(cell)) found.set(hashKey(cell), cell);
    for (let i = cell.hasEntry ? 2 : 0; i < cell.slotCount; i++) {
      const child = resolveSlot(cell, i);
      if (child instanceof Index) stack.push(child);
    }
  }
  return found;
}
