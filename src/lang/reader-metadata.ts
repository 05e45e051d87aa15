// What a form behind `^` means as metadata (sheet 01 §18): a map, in which the reference unwraps
// whatever is annotated, and makes ordinary maps of all that has entries, an Index or a record too,
// wherever they are. Keys that become the same are taken in the order of the map that they were in.
// So ^{^:m a 1, a 2} x has for a what follows in the order of the hashes, not of the text.

import { Cell, type Value } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { List } from "../data/list.ts";
import { CVMMap } from "../data/map.ts";
import { DenseRecord, isRecord } from "../data/record.ts";
import { CVMSet } from "../data/set.ts";
import { Syntax } from "../data/syntax.ts";
import { Vector } from "../data/vector.ts";
import { entriesOf, fieldsOf } from "./members.ts";

/** Most members of the collections in metadata: a CAD3 literal can share what it repeats. */
const MAX_METADATA_MEMBERS = 2 ** 20;
const TAG_KEYWORD = Keyword.of("tag");

/** @throws BadStructureError for a malformed collection, or beyond MAX_METADATA_MEMBERS */
export function metadataOf(form: Value): CVMMap {
  const plain = unwrapped(form);
  if (plain instanceof CVMMap) return plain;
  if (plain instanceof Keyword) return CVMMap.from([[plain, true]]);
  return CVMMap.from([[TAG_KEYWORD, plain]]);
}

/** The form with metadata, which prevails over what it already has. */
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

/** With a stack of our own: forms nest deeper than calls. */
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

/** Elements, or keys and values in turn; null of what has none. */
function membersOf(value: Value, most: number): readonly Value[] | null {
  if (value instanceof Vector || value instanceof List || value instanceof CVMSet) {
    checkCount(value.count, most);
    return value.toArray();
  }
  if (value instanceof CVMMap || value instanceof Index) {
    checkCount(value.count, most / 2);
    return [...entriesOf(value)].flat();
  }
  if (isRecord(value)) return [...fieldsOf(value)].flat();
  if (!(value instanceof DenseRecord)) return null;
  checkCount(value.fields.count, most / 2);
  return value.fields.toArray().flatMap((field, i) => [i, field]);
}

function checkCount(count: number | bigint, most: number): void {
  if (count > most) throw new BadStructureError("metadata of too many members");
}

function rebuilt({ cell, done }: Open): Value {
  if (cell instanceof Vector) return Vector.from(done);
  if (cell instanceof List) return List.from(done);
  if (cell instanceof CVMSet) return CVMSet.from(done);
  const entries: [Value, Value][] = [];
  for (let i = 0; i < done.length; i += 2) entries.push([done[i] as Value, done[i + 1] as Value]);
  return CVMMap.from(entries);
}
