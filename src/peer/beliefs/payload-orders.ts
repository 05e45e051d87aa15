// The signed Orders in what a peer sends as its Belief, whole or the news alone.

import { isBranch } from "../../data/branches.ts";
import { Cell, MissingDataError, resolveSlot, type Slot } from "../../data/cell.ts";
import { slotHashKey } from "../../data/encode.ts";
import { Index } from "../../data/index-map.ts";
import { SignedData } from "../../data/signed.ts";
import { Belief } from "../../state/belief.ts";
import { isUnsound } from "./order-check.ts";

/**
 * The signed Orders in a payload, and the hash keys of cells that are missing above them. Below
 * what is no cell there is nothing: its sender has brought, by its hash, bytes that can't be read.
 */
export function readOrders(payload: Cell): { orders: SignedData[]; missing: string[] } {
  const missing: string[] = [];
  const orders = ordersBelow(payload, (cell, i) => slotOrMissing(cell, i, missing));
  return { orders, missing };
}

/** The signed Orders in a payload that are in memory. */
export function heldOrders(payload: Cell): SignedData[] {
  return ordersBelow(payload, (cell, i) => cell.slotAt(i));
}

/**
 * Each cell is gone through once: a hand-made Index of a few kilobytes can name the same one from
 * more places than anybody could ever visit.
 */
function ordersBelow(payload: Cell, slotOf: (cell: Cell, index: number) => Slot): SignedData[] {
  const orders: SignedData[] = [];
  const seen = new Set<string>();
  const stack: Cell[] = [payload];
  while (stack.length > 0) {
    const cell = stack.pop() as Cell;
    if (cell instanceof SignedData) {
      orders.push(cell);
    } else if (cell instanceof Belief || cell instanceof Index) {
      for (let i = 0; i < cell.slotCount; i++) {
        if (isRepeated(cell.slotAt(i), seen)) continue;
        const child = slotOf(cell, i);
        if (child instanceof Cell) stack.push(child);
      }
    }
  }
  return orders;
}

/** What is embedded is short, and can't be many things. */
function isRepeated(slot: Slot, seen: Set<string>): boolean {
  if (!isBranch(slot)) return false;
  const key = slotHashKey(slot);
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

function slotOrMissing(cell: Cell, index: number, missing: string[]): Slot {
  try {
    return resolveSlot(cell, index);
  } catch (error) {
    if (error instanceof MissingDataError) missing.push(error.hashKey);
    else if (!isUnsound(error)) throw error;
    return null;
  }
}
