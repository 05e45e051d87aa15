// The reader of forms: CVX text with the cells and tags of the machine (sheet 01 §18).

import type { Value } from "../../data/cell.ts";
import { Index } from "../../data/index-map.ts";
import { isLong } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { DenseRecord, isRecord } from "../../data/record.ts";
import { Vector } from "../../data/vector.ts";
import { type ReadOptions, read, readAll, TagError, type TagReader } from "../../lang/reader.ts";
import { Result } from "../../state/result.ts";
import { CVM_TABLE } from "../cvm-table.ts";

/**
 * `#Result {…}`: an id is kept when it is a Long, a log when it is a Vector, and an info must be a
 * plain map (T40).
 * @throws TagError
 */
function readResult(form: Value): Result {
  if (!(form instanceof CVMMap)) throw new TagError("Result tag must be on a map");
  const field = (name: string): Value => form.get(Keyword.of(name)) ?? null;
  const id = field("id");
  const log = field("log");
  const info = field("info");
  if (info instanceof Index || info instanceof DenseRecord || isRecord(info)) {
    throw new TagError("The :info of a Result must be a plain map");
  }
  return Result.of({
    id: isLong(id) ? id : null,
    result: field("result"),
    error: field("error"),
    log: log instanceof Vector ? log : null,
    info: info instanceof CVMMap ? info : null,
  });
}

const OPTIONS: ReadOptions = {
  table: CVM_TABLE,
  tags: new Map<string, TagReader>([["Result", readResult]]),
};

/**
 * The one form of a text.
 * @throws ParseError
 */
export function readForm(text: string | Uint8Array): Value {
  return read(text, OPTIONS);
}

/**
 * All forms of a text.
 * @throws ParseError
 */
export function readForms(text: string | Uint8Array): Value[] {
  return readAll(text, OPTIONS);
}
