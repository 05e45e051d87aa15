// The signed Orders in what a peer sends as its Belief, whole or the news alone.

import { Cell, MissingDataError, resolveSlot, type Value } from "../../data/cell.ts";
import { Index } from "../../data/index-map.ts";
import { SignedData } from "../../data/signed.ts";
import { Belief } from "../../state/belief.ts";

/** The signed Orders in a payload, and the hash keys of cells that are missing above them. */
export function readOrders(payload: Cell): { orders: SignedData[]; missing: string[] } {
  const orders: SignedData[] = [];
  const missing: string[] = [];
  const stack: Cell[] = [payload];
  while (stack.length > 0) {
    const cell = stack.pop() as Cell;
    if (cell instanceof SignedData) {
      orders.push(cell);
    } else if (cell instanceof Belief || cell instanceof Index) {
      for (let i = 0; i < cell.slotCount; i++) {
        const child = slotOrMissing(cell, i, missing);
        if (child instanceof Cell) stack.push(child);
      }
    }
  }
  return { orders, missing };
}

function slotOrMissing(cell: Cell, index: number, missing: string[]): Value {
  try {
    return resolveSlot(cell, index);
  } catch (error) {
    if (!(error instanceof MissingDataError)) throw error;
    missing.push(error.hashKey);
    return null;
  }
}
