// hot: see test/bench. Walks the elements of a vector leaf by leaf: it goes down the tree once for
// sixteen elements.

import { type Integer, resolveAt, type Slot, type Value } from "./cell.ts";
import { plus } from "./integer.ts";
import type { Vector } from "./vector.ts";
import { elementOf } from "./vector-damaged.ts";
import { hugeLeafAt } from "./vector-huge.ts";
import { CHUNK_SIZE, MAX_SMALL_COUNT } from "./vector-shape.ts";
import { leafAt } from "./vector-tree.ts";

const CHUNK = BigInt(CHUNK_SIZE);

export class VectorIterator implements IterableIterator<Value> {
  #vector: Vector;
  #start: Integer;
  #count: number;
  #step: 1 | -1;
  #done = 0;
  #slots: Slot[] = [];
  #at = -1;

  /** Walks `count` elements of a built vector, from the one at `start` up or down. */
  constructor(vector: Vector, start: Integer, count: number, step: 1 | -1) {
    this.#vector = vector;
    this.#start = start;
    this.#count = count;
    this.#step = step;
  }

  next(): IteratorResult<Value> {
    if (this.#done >= this.#count) return { done: true, value: undefined };
    if (this.#at < 0 || this.#at >= this.#slots.length) this.#nextLeaf();
    const value = resolveAt(this.#slots, this.#at);
    this.#at += this.#step;
    this.#done++;
    return { done: false, value };
  }

  #nextLeaf(): void {
    const i = plus(this.#start, this.#done * this.#step);
    const isSmall = this.#vector.count <= MAX_SMALL_COUNT;
    const leaf = isSmall ? leafAt(this.#vector, i as number) : null;
    const slots = isSmall ? leaf?.slots : hugeLeafAt(this.#vector, i);
    if (slots) {
      this.#slots = slots;
      this.#at = typeof i === "number" ? i % CHUNK_SIZE : Number(i % CHUNK);
    } else {
      // Not sound: the cells don't say which leaf holds it, so this one element is looked up.
      this.#slots = [elementOf(this.#vector, i)];
      this.#at = 0;
    }
  }

  [Symbol.iterator](): this {
    return this;
  }
}
