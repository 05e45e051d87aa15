// Documentation of the libraries: `doc` knows every public symbol, and docs/libraries.md is what it
// would be if it were written now.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMString } from "../../src/data/string.ts";
import type { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { libraryDocs } from "./library-docs.ts";
import { runStep } from "./scenario.ts";
import { testGenesis } from "./test-genesis.ts";

const ACCOUNTS = [8, 9, 10, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77];
/** Actors that libraries built: their functions have a line each, their data none. */
const BUILT = [128, 129, 130, 131];
const BUILT_DATA = ["offers", "supply", "token", "token-balance", "torus"];

const state = testGenesis();

function namesOf(account: number): string[] {
  const keys = state.account(account)?.environment?.keys() ?? [];
  return (keys as CVMSymbol[]).map((symbol) => symbol.name);
}

function docOf(account: number, name: string): CVMMap {
  const { success } = runStep(state, Address.of(12), readForm(`(doc #${account}/${name})`));
  return success?.value instanceof CVMMap ? success.value : CVMMap.EMPTY;
}

function isPrivate(doc: CVMMap): boolean {
  return doc.get(Keyword.of("private")) === true;
}

function vectorAt(doc: CVMMap, key: string): readonly unknown[] {
  const value = doc.get(Keyword.of(key));
  return value instanceof Vector ? value.toArray() : [];
}

/** What the documentation of a public symbol lacks. */
function lacking(account: number, name: string): string[] {
  const doc = docOf(account, name);
  if (isPrivate(doc)) return [];
  const missing: string[] = [];
  if (!(doc.get(Keyword.of("description")) instanceof CVMString)) missing.push("description");
  if (vectorAt(doc, "examples").length === 0) missing.push("examples");
  const isFunction = doc.get(Keyword.of("type")) === Keyword.of("function");
  if (isFunction && vectorAt(doc, "signature").length === 0) missing.push("signature");
  return missing.map((part) => `#${account}/${name}: ${part}`);
}

describe("documentation", () => {
  test("every public symbol of a library has description, signature and example", () => {
    const wrong = ACCOUNTS.flatMap((n) => namesOf(n).flatMap((name) => lacking(n, name)));
    expect(wrong).toEqual([]);
  });

  test("names that begin with - are private, apart from a callable one", () => {
    const hidden = ACCOUNTS.flatMap((n) => namesOf(n).map((name) => ({ n, name }))).filter(
      ({ name }) => /^-[a-z]/.test(name),
    );
    const open = hidden.filter(({ n, name }) => !isPrivate(docOf(n, name)));
    expect(open).toEqual([{ n: 72, name: "-unwrap" }]);
  });

  test("functions of tokens and markets have a line", () => {
    const wrong = BUILT.flatMap((n) =>
      namesOf(n)
        .filter((name) => !BUILT_DATA.includes(name))
        .filter((name) => !(docOf(n, name).get(Keyword.of("description")) instanceof CVMString)),
    );
    expect(wrong).toEqual([]);
  });

  test("docs/libraries.md is up to date: bun run docs:libraries", () => {
    const path = join(import.meta.dir, "../../docs/libraries.md");
    expect(readFileSync(path, "utf8") === libraryDocs(state)).toBe(true);
  });
});
