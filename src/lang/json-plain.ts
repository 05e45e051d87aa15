// Cells as plain JavaScript values, and as the cells that reading their JSON would give (sheet 01
// §19). Open collections are kept on a list, as in the printer, so that nesting costs no stack.

import type { Value } from "../data/cell.ts";
import { CVMDouble } from "../data/double.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { Vector } from "../data/vector.ts";
import { asArray, asObject, keyOf, memoryScalarOf } from "./json-text.ts";

/** A JSON value in memory; objects have no prototype, integers over 2^53 are bigints. */
export type Plain = null | boolean | number | bigint | string | Plain[] | { [key: string]: Plain };

/** Builds one object or array out of its members. */
interface Collector<T> {
  /** `key` is null in an array. */
  add(key: string | null, item: T): void;
  result(): T;
}

/** How `fold` builds results. */
interface Builder<T> {
  scalar(value: Value): T;
  object(): Collector<T>;
  array(): Collector<T>;
}

/** Builds a result out of a value, bottom up. */
function fold<T>(root: Value, builder: Builder<T>): T {
  interface Open {
    readonly collector: Collector<T>;
    readonly members: Iterator<readonly [string | null, Value]>;
    readonly key: string | null;
  }
  const begin = (value: Value, key: string | null): Open | null => {
    const object = asObject(value);
    if (object !== null) {
      return { collector: builder.object(), members: objectMembers(object.entries), key };
    }
    const array = asArray(value);
    if (array === null) return null;
    return { collector: builder.array(), members: arrayMembers(array.items), key };
  };
  const first = begin(root, null);
  if (first === null) return builder.scalar(root);
  const open: Open[] = [first];
  for (;;) {
    const top = open.at(-1) as Open;
    const { value: member, done } = top.members.next();
    if (done) {
      open.pop();
      const parent = open.at(-1);
      if (parent === undefined) return top.collector.result();
      parent.collector.add(top.key, top.collector.result());
    } else {
      const [key, value] = member;
      const nested = begin(value, key);
      if (nested === null) top.collector.add(key, builder.scalar(value));
      else open.push(nested);
    }
  }
}

function* objectMembers(
  entries: Iterable<readonly [Value, Value]>,
): Generator<readonly [string | null, Value]> {
  for (const [k, v] of entries) yield [keyOf(k), v];
}

function* arrayMembers(items: Iterable<Value>): Generator<readonly [string | null, Value]> {
  for (const v of items) yield [null, v];
}

const PLAIN: Builder<Plain> = {
  scalar(value) {
    const scalar = memoryScalarOf(value);
    return scalar instanceof CVMDouble ? scalar.value : scalar;
  },
  object() {
    const members: { [key: string]: Plain } = Object.create(null);
    return {
      add(key, item) {
        members[key as string] = item;
      },
      result: () => members,
    };
  },
  array() {
    const items: Plain[] = [];
    return {
      add(_key, item) {
        items.push(item);
      },
      result: () => items,
    };
  },
};

/** A value as a plain JavaScript one; of keys that become equal the last wins. */
export function toPlain(value: Value): Plain {
  return fold(value, PLAIN);
}

const CELLS: Builder<Value> = {
  scalar(value) {
    const scalar = memoryScalarOf(value);
    return typeof scalar === "string" ? CVMString.of(scalar) : scalar;
  },
  object() {
    const entries: [Value, Value][] = [];
    return {
      add(key, item) {
        entries.push([CVMString.of(key as string), item]);
      },
      result: () => CVMMap.from(entries),
    };
  },
  array() {
    const items: Value[] = [];
    return {
      add(_key, item) {
        items.push(item);
      },
      result: () => Vector.from(items),
    };
  },
};

/** A value as the cells that its JSON would be read as: maps with String keys, vectors. */
export function toJsonCell(value: Value): Value {
  return fold(value, CELLS);
}
