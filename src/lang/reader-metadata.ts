// What a form after `^` means as metadata (sheet 01 §18): a map. In it, at any depth, the reference
// unwraps whatever is annotated, and makes an ordinary map of everything that has entries, such as
// an Index or a record. Of keys that become equal the last in the order of their former map wins:
// in ^{^:m a 1, a 2} x that is the order of hashes, not of the text.

import { Cell, resolveAt, type Slot, type Value } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { forEachHeldLeaf } from "../data/hash-trie-walk.ts";
import { Index } from "../data/index-map.ts";
import { visitAll } from "../data/index-walk.ts";
import { Keyword } from "../data/keyword.ts";
import { List } from "../data/list.ts";
import { CVMMap } from "../data/map.ts";
import { DenseRecord, isRecord } from "../data/record.ts";
import { CVMSet } from "../data/set.ts";
import { Syntax } from "../data/syntax.ts";
import { Vector } from "../data/vector.ts";
import { fieldsOf } from "./members.ts";

/** Most members of all collections in metadata: those of a CAD3 literal can be shared. */
const MAX_METADATA_MEMBERS = 2 ** 20;
const TAG_KEYWORD = Keyword.of("tag");

/**
 * The metadata that a form after `^` means.
 * @throws BadStructureError for a hand-made Vector, List or Set, or beyond MAX_METADATA_MEMBERS
 */
export function metadataOf(form: Value): CVMMap {
  const plain = unwrapped(form);
  if (plain instanceof CVMMap) return plain;
  if (plain instanceof Keyword) return CVMMap.from([[plain, true]]);
  return CVMMap.from([[TAG_KEYWORD, plain]]);
}

/** A form with metadata, merged over what it already has. */
export function annotated(form: Value, meta: CVMMap): Syntax {
  if (!(form instanceof Syntax)) return Syntax.of(form, meta);
  return Syntax.of(form.datum, form.meta.merge(meta));
}

/** A collection whose members are being unwrapped. */
interface Open {
  readonly cell: Cell;
  readonly members: readonly Value[];
  readonly done: Value[];
}

/** A form without any Syntax in it. With a stack of our own: forms nest deeper than calls. */
function unwrapped(form: Value): Value {
  const known = new Map<Cell, Value>();
  const open: Open[] = [];
  let left = MAX_METADATA_MEMBERS;
  let next: Value = form;
  for (;;) {
    const datum = next instanceof Syntax ? next.datum : next;
    let value = datum instanceof Cell && known.has(datum) ? (known.get(datum) as Value) : datum;
    const members = value === datum ? membersOf(datum, left) : null;
    if (members !== null) {
      left -= members.length;
      open.push({ cell: datum as Cell, members, done: [] });
    }
    if (members === null) {
      const parent = open.at(-1);
      if (parent === undefined) return value;
      parent.done.push(value);
    }
    for (;;) {
      const top = open.at(-1) as Open;
      if (top.done.length < top.members.length) break;
      open.pop();
      value = rebuilt(top);
      known.set(top.cell, value);
      const parent = open.at(-1);
      if (parent === undefined) return value;
      parent.done.push(value);
    }
    const top = open.at(-1) as Open;
    next = top.members[top.done.length] as Value;
  }
}

/** The elements of a collection, or its keys and values by turns; null for anything else. */
function membersOf(value: Value, most: number): readonly Value[] | null {
  if (value instanceof Vector || value instanceof List || value instanceof CVMSet) {
    checkCount(value.count, most);
    return value.toArray();
  }
  if (value instanceof CVMMap || value instanceof Index) return heldEntries(value, most / 2);
  if (isRecord(value)) return [...fieldsOf(value)].flat();
  if (!(value instanceof DenseRecord)) return null;
  checkCount(value.fields.count, most / 2);
  return value.fields.toArray().flatMap((field, i) => [i, field]);
}

/** All entries that are there, whatever the counts of a hand-made map or Index say (T42, T44). */
function heldEntries(map: CVMMap | Index, most: number): readonly Value[] {
  const members: Value[] = [];
  const visit = (slots: Slot[]): void => {
    checkCount((members.length + slots.length) / 2, most);
    for (let i = 0; i < slots.length; i++) members.push(resolveAt(slots, i));
  };
  if (map instanceof CVMMap) forEachHeldLeaf(map, (leaf) => visit(leaf.slots));
  else visitAll(map, (slots) => visit(slots.slice(0, 2)), false);
  return members;
}

function checkCount(count: number | bigint, most: number): void {
  if (count > most) throw new BadStructureError("metadata of too many members");
}

/** The collection of the unwrapped members. */
function rebuilt({ cell, done }: Open): Value {
  if (cell instanceof Vector) return Vector.from(done);
  if (cell instanceof List) return List.from(done);
  if (cell instanceof CVMSet) return CVMSet.from(done);
  const entries: [Value, Value][] = [];
  for (let i = 0; i < done.length; i += 2) entries.push([done[i] as Value, done[i + 1] as Value]);
  return CVMMap.from(entries);
}
