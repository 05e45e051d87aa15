// Forms with metadata (sheet 02 §7): a Syntax is a datum with the metadata that `^` gave it.

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { Index } from "../../data/index-map.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { checkNesting } from "../../data/nesting.ts";
import { DenseRecord, isRecord } from "../../data/record.ts";
import { CVMSet } from "../../data/set.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { withMapped } from "../../data/vector-damaged.ts";
import { merged } from "../history/maps.ts";

/** The form without its metadata. */
export function unwrap(form: Value): Value {
  return form instanceof Syntax ? form.datum : form;
}

/** Syntax of a value with metadata merged over that of the value. */
export function withMeta(value: Value, meta: CVMMap): Syntax {
  if (!(value instanceof Syntax)) return Syntax.of(value, meta);
  return Syntax.of(value.datum, mergedMeta(value.meta, meta));
}

/**
 * As withMeta, but merges entry by entry in any case, so that a hand-made map of metadata is not
 * kept.
 */
export function withMergedMeta(value: Value, meta: CVMMap): Syntax {
  return withMeta(value instanceof Syntax ? value : Syntax.of(value, CVMMap.EMPTY), meta);
}

/**
 * Units of work (data/free-work.ts) of merging an entry of metadata, for which no juice is paid.
 */
const META_ENTRY_WORK = 1500;

/**
 * Metadata with other metadata merged over it, by position.
 * @throws WorkLimitError, and TrieFaultError when `over` is hand-made
 */
export function mergedMeta(meta: CVMMap, over: CVMMap): CVMMap {
  if (over.isFull) {
    if (meta.count > 0) doWork(over.count * META_ENTRY_WORK);
    return merged(meta, over);
  }
  let result = meta;
  over.forEach((value, key) => {
    doWork(META_ENTRY_WORK);
    result = result.assoc(key, value);
  });
  return result;
}

/** Units of work to visit a part in `requireAllParts`, and to copy an entry for that. */
const PART_WORK = 100;
const COPIED_ENTRY_WORK = 300;

/**
 * Fails where the reference does when it unwraps all parts of a form and comes to a place where a
 * hand-made form has none (T47). The unwrapped form itself is needed nowhere.
 * @throws HostError, BadStructureError
 */
export function requireAllParts(form: Value, depth = 0): void {
  checkNesting(depth);
  doWork(PART_WORK);
  const requireParts = (part: Value): void => requireAllParts(part, depth + 1);
  const datum = unwrap(form);
  const vector = datum instanceof List ? datum.vector : datum;
  if (vector instanceof Vector) {
    withMapped(vector, (element) => {
      requireParts(element);
      return null;
    });
  } else if (datum instanceof CVMSet) {
    datum.toArray().forEach(requireParts);
  } else if (datum instanceof CVMMap || datum instanceof Index) {
    // Before they are copied: a hand-made map of 3,000 bytes can really have 2^24.
    const isCountTrue = datum instanceof Index ? datum.hasCount : datum.isFull;
    if (isCountTrue) doWork(datum.count * COPIED_ENTRY_WORK);
    for (const entry of datum.heldEntries()) entry.forEach(requireParts);
  } else if (datum instanceof DenseRecord) {
    for (let i = 0; i < datum.fields.count; i++) requireParts(datum.fields.get(i));
  } else if (isRecord(datum)) {
    for (let i = 0; i < datum.fieldNames.length; i++) requireParts(datum.field(i));
  }
}
