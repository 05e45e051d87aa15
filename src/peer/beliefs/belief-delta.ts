// What has to be sent of a Belief to someone who has another one already (sheet 04 §8.2): the cells
// of Orders that changed, as far as they go beyond the Orders known, and the blocks behind. Grouped
// by Order and by block, so that a link can leave out what its own end has sent before. The cells
// down to the signed Orders always go along: a peer of the reference keeps those of an earlier
// message only if it took the Order, and throws away the whole message when it lacks one of them. A
// message may hold the whole Belief, or one of the Orders alone that are news: whoever merges looks
// at each Order by itself, and keeps what it knows of the peers that are not in it.

import { isBranch } from "../../data/branches.ts";
import { type Cell, resolveSlot, type Value } from "../../data/cell.ts";
import { encoding, hashKey } from "../../data/encode.ts";
import { Index } from "../../data/index-map.ts";
import { joinCells, MAX_MESSAGE_LENGTH } from "../../data/multi-cell.ts";
import { SignedData } from "../../data/signed.ts";
import { Belief } from "../../state/belief.ts";
import {
  addCell,
  BeliefGroups,
  type CellGroup,
  type ChangedOrder,
  GroupWalk,
  type HasGroup,
  type KnownOrders,
} from "./belief-groups.ts";

export class BeliefDelta {
  readonly groups: readonly CellGroup[];
  /** The signed Orders that changed, by name. */
  readonly orders: ReadonlyMap<string, ChangedOrder>;
  /** Messages made so far: most receivers lack the same. */
  readonly payloads: BeliefGroups["payloads"];
  readonly #belief: Belief;
  #head: ReadonlyMap<string, Uint8Array> | null = null;

  constructor(belief: Belief, { groups, orders }: GroupWalk, { payloads }: BeliefGroups) {
    this.#belief = belief;
    this.groups = groups;
    this.orders = orders;
    this.payloads = payloads;
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

/** Bytes kept free in a message for the lengths of its cells. */
const MESSAGE_MARGIN_BYTES = 1_000_000;
/** Messages of one Belief that are kept. */
const PAYLOADS_MAX = 64;

/**
 * What of a Belief the other lacks.
 * @param known the Belief the other has, or null when it is not known what it has
 * @param assumed without `known`: the number of blocks that the other is taken to have
 */
export function beliefDelta(
  belief: Belief,
  known: KnownOrders | null,
  assumed: number,
): BeliefDelta {
  const made = groupsMade(belief);
  const delta = new GroupWalk(made, known, assumed);
  const { entries } = belief;
  const before = known?.entries ?? [];
  for (let index = 0; index < entries.length; index++) {
    const [key, signed] = entries[index] as [Value, Value];
    // Most are as they were, and where they were.
    if (before[index]?.[1] === signed || !(signed instanceof SignedData)) continue;
    delta.addOrder({ index, key, signed });
  }
  return new BeliefDelta(belief, delta, made);
}

/** Groups and messages of Beliefs that are being told. */
const groupsOf = new WeakMap<Belief, BeliefGroups>();

function groupsMade(belief: Belief): BeliefGroups {
  let made = groupsOf.get(belief);
  if (made === undefined) {
    made = new BeliefGroups();
    groupsOf.set(belief, made);
  }
  return made;
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
    for (const [name, { key, signed }] of delta.orders) {
      if (!has({ key: name, blockOf: null })) entries.push([key, signed]);
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
  for (const group of groups) if (!has(group)) name += `${group.id} `;
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

/**
 * Whether all groups together have more bytes. Groups after the one that shows it are not encoded:
 * the blocks of a whole history may have to be read from the disk for that.
 */
export function hasMoreBytes(
  delta: Pick<BeliefDelta, "top" | "head" | "groups">,
  bytesMax: number,
): boolean {
  let bytes = headBytes(delta.top, delta.head);
  for (const group of delta.groups) {
    if (bytes > bytesMax) break;
    for (const cell of group.cells.values()) bytes += cell.length;
  }
  return bytes > bytesMax;
}

function headBytes(top: Uint8Array, head: BeliefDelta["head"]): number {
  let bytes = top.length;
  for (const cell of head.values()) bytes += cell.length;
  return bytes;
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
