// Forms with metadata (sheet 02 §7): a Syntax is a form under the metadata that `^` gave it.

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { Index } from "../../data/index-map.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { DenseRecord, isRecord } from "../../data/record.ts";
import { CVMSet } from "../../data/set.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { withMapped } from "../../data/vector-damaged.ts";

/** A datum under its metadata. */
export function unwrap(form: Value): Value {
  return form instanceof Syntax ? form.datum : form;
}

/** Syntax of a value with metadata merged over what the value has itself. */
export function withMeta(value: Value, meta: CVMMap): Syntax {
  if (!(value instanceof Syntax)) return Syntax.of(value, meta);
  return Syntax.of(value.datum, mergedMeta(value.meta, meta));
}

/** The same where metadata is merged entry by entry in any case: no odd map is kept. */
export function withMergedMeta(value: Value, meta: CVMMap): Syntax {
  return withMeta(value instanceof Syntax ? value : Syntax.of(value, CVMMap.EMPTY), meta);
}

/** Units of work (data/free-work.ts) of merging an entry of metadata, which costs no juice. */
const META_ENTRY_WORK = 1500;

/**
 * Metadata with more merged over it, by the positions that the counts of that give.
 * @throws WorkLimitError when that is too much for nothing, TrieFaultError of a map made by hand
 */
export function mergedMeta(meta: CVMMap, over: CVMMap): CVMMap {
  if (over.isFull) {
    if (meta.count > 0) doWork(over.count * META_ENTRY_WORK);
    return meta.merge(over);
  }
  let merged = meta;
  over.forEach((value, key) => {
    doWork(META_ENTRY_WORK);
    merged = merged.assoc(key, value);
  });
  return merged;
}

/** Units of work of a part that is looked at in `unwrapAll`, and of an entry copied for that. */
const PART_WORK = 100;
const COPIED_ENTRY_WORK = 300;

/**
 * Takes Syntax off in all parts of a form, for nothing but what comes of parts that are not there
 * (T47). @throws HostError, BadStructureError
 */
export function unwrapAll(form: Value): void {
  doWork(PART_WORK);
  const datum = unwrap(form);
  const vector = datum instanceof List ? datum.vector : datum;
  if (vector instanceof Vector) {
    withMapped(vector, (element) => {
      unwrapAll(element);
      return null;
    });
  } else if (datum instanceof CVMSet) {
    datum.toArray().forEach(unwrapAll);
  } else if (datum instanceof CVMMap || datum instanceof Index) {
    // Before they are copied: a map made by hand can truly have 2^24 in 3,000 bytes.
    const isTrue = datum instanceof Index ? datum.hasCount : datum.isFull;
    if (isTrue) doWork(datum.count * COPIED_ENTRY_WORK);
    for (const entry of datum.heldEntries()) entry.forEach(unwrapAll);
  } else if (datum instanceof DenseRecord) {
    for (let i = 0; i < datum.fields.count; i++) unwrapAll(datum.fields.get(i));
  } else if (isRecord(datum)) {
    for (let i = 0; i < datum.fieldNames.length; i++) unwrapAll(datum.field(i));
  }
}
