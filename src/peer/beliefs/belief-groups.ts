// The cells of Orders and of the blocks behind them, in groups: what somebody lacks who has other
// Orders of the same peers (belief-delta.ts).

import { finalityPoint } from "../../consensus/points.ts";
import { forEachBranch, isBranch } from "../../data/branches.ts";
import { MAX_EMBEDDED_LENGTH, Ref, resolveSlot, type Slot, type Value } from "../../data/cell.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { encoding, hashKey, slotHashKey } from "../../data/encode.ts";
import { SignedData } from "../../data/signed.ts";
import type { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE, childShift } from "../../data/vector-shape.ts";
import { prefixOf } from "../../data/vector-tree.ts";
import { type Belief, orderIn } from "../../state/belief.ts";
import type { Order } from "../../state/order.ts";

/** Cells that belong together: those of one Order without its blocks, or those of one block. */
export interface CellGroup {
  /** Tells it from all others of the same Belief. */
  readonly id: number;
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
  readonly id: number;
  readonly key: string;
  readonly #signed: Value;
  #cells: ReadonlyMap<string, Uint8Array> | null = null;

  constructor(id: number, key: string, signed: Value) {
    this.id = id;
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

/** The Orders that somebody has, in the place of those of the same peer in the Belief after. */
export type KnownOrders = Pick<Belief, "entries">;

export interface ChangedOrder {
  /** Its place among the entries of the Belief. */
  readonly index: number;
  /** The key that it is filed under. */
  readonly key: Value;
  readonly signed: SignedData;
}

/** Number of hex digits that one level of a vector takes: full parts hold a power of 16. */
const LEVEL_BITS = 4;

/** The Order of the same peer that somebody has, null without; most stand at the same place. */
export function knownOrder(
  { entries }: KnownOrders,
  { index, signed }: Omit<ChangedOrder, "key">,
): SignedData | null {
  const there = entries[index]?.[1];
  if (isOfSamePeer(there, signed)) return there;
  for (const [, other] of entries) if (isOfSamePeer(other, signed)) return other;
  return null;
}

function isOfSamePeer(value: Value | undefined, signed: SignedData): value is SignedData {
  return value instanceof SignedData && value.signer === signed.signer;
}

/** What an Order adds to the one before it. */
interface OrderGroup {
  readonly before: SignedData;
  readonly group: CellGroup;
  /** Number of blocks that both have. */
  readonly prefix: number;
}

/** Groups of one Belief and messages made of them: made once, whatever each receiver has had. */
export class BeliefGroups {
  /** Messages by what is in them; see belief-delta.ts. */
  readonly payloads = new Map<string, Uint8Array | null>();
  readonly #orders = new Map<SignedData, OrderGroup[]>();
  readonly #blocks = new Map<string, CellGroup>();
  #count = 0;

  /** The cells of an Order without its blocks, which has so many in common with what is known. */
  order(signed: SignedData, order: Order, prefix: number): CellGroup {
    const cells = new Map<string, Uint8Array>();
    addCell(cells, order);
    // The points are embedded in every Order that is well formed.
    addVector(cells, order.blocks.built(), 0, prefix);
    return { id: this.#count++, key: signed.name, blockOf: null, cells };
  }

  /** The same behind an earlier Order of the same peer. */
  orderAfter(signed: SignedData, order: Order, before: SignedData, known: Order): OrderGroup {
    let made = this.#orders.get(signed);
    if (made === undefined) {
      made = [];
      this.#orders.set(signed, made);
    }
    let found = made.find((each) => each.before === before);
    if (found === undefined) {
      const prefix = commonPrefixLength(order.blocks, known.blocks);
      found = { before, group: this.order(signed, order, prefix), prefix };
      made.push(found);
    }
    return found;
  }

  block(key: string, signed: Value): CellGroup {
    let group = this.#blocks.get(key);
    if (group === undefined) {
      group = new BlockGroup(this.#count++, key, signed);
      this.#blocks.set(key, group);
    }
    return group;
  }
}

/** Collects the groups of Orders that changed. */
export class GroupWalk {
  readonly groups: CellGroup[] = [];
  readonly orders = new Map<string, ChangedOrder>();
  readonly #known: KnownOrders | null;
  readonly #assumed: number;
  readonly #made: BeliefGroups;
  /** Blocks that are known or done, by hash key. */
  #blocks: Set<string> | null = null;
  /** Block vectors that are done; Orders often share theirs. */
  readonly #vectors: Vector[] = [];
  #knownOrders: readonly Order[] | null = null;

  constructor(made: BeliefGroups, known: KnownOrders | null, assumed: number) {
    this.#made = made;
    this.#known = known;
    this.#assumed = assumed;
  }

  addOrder(changed: ChangedOrder): void {
    const { signed } = changed;
    const before = this.#known === null ? null : knownOrder(this.#known, changed);
    if (before?.name === signed.name) return;
    const order = orderIn(signed);
    if (order === null) return;
    this.orders.set(signed.name, changed);
    const { blocks } = order;
    const earlier = orderIn(before);
    let prefix: number;
    if (before === null || earlier === null) {
      prefix = this.#prefix(blocks);
      this.groups.push(this.#made.order(signed, order, prefix));
    } else {
      const added = this.#made.orderAfter(signed, order, before, earlier);
      prefix = added.prefix;
      this.groups.push(added.group);
    }
    if (prefix === blocks.count || this.#isDone(blocks)) return;
    for (let i = prefix; i < blocks.count; i++) this.#addBlock(blocks.get(i));
  }

  /** Whether another Order has just these blocks. */
  #isDone(blocks: Vector): boolean {
    const isSame = (other: Vector) =>
      other === blocks || (other.count === blocks.count && hashKey(other) === hashKey(blocks));
    if (this.#vectors.some(isSame)) return true;
    this.#vectors.push(blocks);
    return this.#ordersKnown.some((order) => isSame(order.blocks));
  }

  get #ordersKnown(): readonly Order[] {
    if (this.#knownOrders === null) {
      const orders = (this.#known?.entries ?? []).map(([, signed]) => orderIn(signed));
      this.#knownOrders = orders.filter((order) => order !== null);
    }
    return this.#knownOrders;
  }

  /** How many of the blocks the other has at the same place. */
  #prefix(blocks: Vector): number {
    if (this.#known === null) return Math.min(this.#assumed, blocks.count);
    const base = this.#longest();
    return base === null ? 0 : commonPrefixLength(blocks, base);
  }

  /** The longest block vector known. */
  #longest(): Vector | null {
    let longest: Vector | null = null;
    for (const { blocks } of this.#ordersKnown) {
      if (longest === null || blocks.count > longest.count) longest = blocks;
    }
    return longest;
  }

  #addBlock(signed: Value): void {
    const key = hashKey(signed);
    // Blocks that are not final may stand elsewhere in another Order.
    this.#blocks ??= unfinishedBlocks(this.#ordersKnown);
    if (this.#blocks.has(key)) return;
    this.#blocks.add(key);
    this.groups.push(this.#made.block(key, signed));
  }
}

/** Hash keys of the blocks of Orders that are not final in them. */
function unfinishedBlocks(orders: readonly Order[]): Set<string> {
  const keys = new Set<string>();
  for (const order of orders) {
    const { blocks } = order;
    const final = Math.min(blocks.count, finalityPoint(order));
    for (let i = final; i < blocks.count; i++) keys.add(hashKey(blocks.get(i)));
  }
  return keys;
}

/** Adds a cell unless its parent contains it. */
export function addCell(cells: Map<string, Uint8Array>, cell: Value): void {
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
