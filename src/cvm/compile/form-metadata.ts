// Forms with metadata (sheet 02 §7): a Syntax is a form under the metadata that `^` gave it.

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import type { CVMMap } from "../../data/map.ts";
import { Syntax } from "../../data/syntax.ts";

/** A datum under its metadata. */
export function unwrap(form: Value): Value {
  return form instanceof Syntax ? form.datum : form;
}

/** Syntax of a value with metadata merged over what the value has itself. */
export function withMeta(value: Value, meta: CVMMap): Syntax {
  if (!(value instanceof Syntax)) return Syntax.of(value, meta);
  return Syntax.of(value.datum, mergedMeta(value.meta, meta));
}

/** Units of work (data/free-work.ts) of merging an entry of metadata, which costs no juice. */
const META_ENTRY_WORK = 1500;

/** Metadata with more merged over it. @throws WorkLimitError when that is too much for nothing */
export function mergedMeta(meta: CVMMap, over: CVMMap): CVMMap {
  if (meta.count > 0) doWork(over.count * META_ENTRY_WORK);
  return meta.merge(over);
}
