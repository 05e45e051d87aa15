// JSON from and to cells (sheet 01 §19).

export { toJson } from "./json-compact.ts";
export { type Plain, toJsonCell, toPlain } from "./json-plain.ts";
export { toJsonPretty } from "./json-pretty.ts";
export { fromJson, plainFromJson } from "./json-reader.ts";
