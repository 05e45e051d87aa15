// The JSON form of a Result (sheet 05 §1.4): errorCode without its colon, the value as JSON, the
// info map, and the printed value (null when it passes the print limit).

import { Cell, type Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { toJson, toJsonCell } from "../lang/json.ts";
import { quoted } from "../lang/json-text.ts";
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

/** JSON of a value within a Result; keys that become equal as text are one. */
const valueText = (value: Value) => toJson(value instanceof Cell ? toJsonCell(value) : value);

const memberStart = (name: string) => `\n    ${JSON.stringify(name)}: `;

/** How members begin that most Results have. */
const STARTS: ReadonlyMap<Value, string> = new Map(
  ["juice", "fees", "mem", "tx", "loc", "source"].map((name) => [
    Keyword.of(name),
    memberStart(name),
  ]),
);

/** An info map has Keywords as keys and little in it. */
function infoText(info: CVMMap): string {
  let text = "";
  info.forEach((value, key) => {
    const name = key instanceof Keyword ? key.name : (print(key, PRINT_LIMIT) ?? "");
    text += `${text === "" ? "{" : ","}${STARTS.get(key) ?? memberStart(name)}${toJson(value)}`;
  });
  return text === "" ? "{}" : `${text}\n  }`;
}

/** The printed value as JSON, null where that passes the limit. */
function printedText(value: Value): string {
  if (typeof value === "number") return `"${value}"`;
  const text = print(value, PRINT_LIMIT);
  return text === null ? "null" : quoted(text);
}

/**
 * A member a line; this is what most requests are answered with, so that no map is built for it.
 */
export function resultToJson(result: Result): string {
  const { error, info, log } = result;
  let text = "{\n  ";
  if (error !== null) {
    const code = error instanceof Keyword ? error.name : (print(error, PRINT_LIMIT) ?? "");
    text += `"errorCode": ${JSON.stringify(code)},\n  `;
  }
  text += `"value": ${valueText(result.result)},\n  `;
  if (info !== null) text += `"info": ${infoText(info)},\n  `;
  else if (log !== null) text += `"info": ${valueText(log)},\n  `;
  return `${text}"result": ${printedText(result.result)}\n}`;
}
