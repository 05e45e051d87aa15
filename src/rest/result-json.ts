// The JSON form of a Result (sheet 05 §1.4): errorCode without its colon, the value as JSON, the info
// map, and the printed value (null when it passes the print limit).

import type { Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { toJsonCell, toJsonPretty } from "../lang/json.ts";
import { PRINT_LIMIT, print } from "../lang/printer.ts";
import type { Result } from "../state/result.ts";

/** The object of a Result, keys as strings. */
export function resultFields(result: Result): CVMMap {
  const entries: [Value, Value][] = [];
  const error = result.error;
  if (error !== null) {
    const code = error instanceof Keyword ? error.name : (print(error, PRINT_LIMIT) ?? "");
    entries.push([CVMString.of("errorCode"), CVMString.of(code)]);
  }
  entries.push([CVMString.of("value"), result.result]);
  if (result.info !== null) entries.push([CVMString.of("info"), result.info]);
  else if (result.log !== null) entries.push([CVMString.of("info"), result.log]);
  const text = print(result.result, PRINT_LIMIT);
  entries.push([CVMString.of("result"), text === null ? null : CVMString.of(text)]);
  return CVMMap.from(entries);
}

export function resultToJson(result: Result): string {
  return toJsonPretty(toJsonCell(resultFields(result)));
}
