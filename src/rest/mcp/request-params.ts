// Parameters of requests as far as this server looks at them. The protocol's own library checks
// all of them, and takes what does not fit for a fault of the server; clients in other languages
// write null, or what they like, where the reference takes it.

import type { Plain } from "../../lang/json.ts";
import { TOOLS } from "./tools.ts";

export type Members = { [key: string]: Plain };

export const isObject = (value: Plain | undefined): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A schema's part that names what a tool takes. */
interface Properties {
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Requests whose params name something, and what is said of those that don't. */
const NAMING: ReadonlyMap<string, string> = new Map([
  ["tools/call", "Tool name required"],
  ["prompts/get", "Prompt name required"],
]);

/** What is wrong with the params of a request, in words; null where nothing is. */
export function paramsFault(method: string, params: Plain | undefined): string | null {
  const unnamed = NAMING.get(method);
  if (unnamed === undefined) return null;
  if (!isObject(params)) return "params must be an object";
  const { name, arguments: given } = params;
  if (typeof name !== "string") return unnamed;
  const isFit = given == null || isObject(given) || method !== "tools/call";
  return isFit ? null : `${name} requires arguments`;
}

/** Of the arguments of a tool those that it knows: to check others would take time for nothing. */
function knownArguments(name: Plain, given: Members): Members {
  const { properties = {} } = (TOOLS.get(String(name))?.inputSchema ?? {}) as Properties;
  const known = Object.keys(properties).filter((key) => Object.hasOwn(given, key));
  return Object.fromEntries(known.map((key) => [key, given[key] ?? null]));
}

const membersOf = (value: Plain | undefined): Members => (isObject(value) ? value : {});

/** Arguments of a prompt are words. */
const wordsOf = (given: Members): Members =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== null && typeof value !== "object")
      .map(([name, value]) => [name, String(value)]),
  );

/** The params that the library gets to see; undefined: none. */
export function usedParams(method: string, params: Plain | undefined): Members | undefined {
  const { name = null, arguments: given, protocolVersion } = membersOf(params);
  if (method === "tools/call") return { name, arguments: knownArguments(name, membersOf(given)) };
  if (method === "prompts/get") return { name, arguments: wordsOf(membersOf(given)) };
  if (method !== "initialize") return undefined;
  return {
    protocolVersion: typeof protocolVersion === "string" ? protocolVersion : "",
    capabilities: {},
    clientInfo: { name: "unknown", version: "0" },
  };
}
