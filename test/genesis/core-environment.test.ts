// Account #8: names, documentation, and what its definitions cost.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CoreFn } from "../../src/cvm/call/core-fn.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { CORE_BY_CODE } from "../../src/cvm/core/index.ts";
import { Address } from "../../src/data/address.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { coreAccount } from "../../src/genesis/core-environment.ts";
import { MAX_TRANSACTION_JUICE } from "../../src/state/constants.ts";
import { testGenesis } from "./test-genesis.ts";

const LIB = join(import.meta.dir, "lib");
const FIXTURES = join(import.meta.dir, "..", "fixtures");
/** What a library call may cost, compared with the reference. */
const JUICE_FACTOR = 1.1;

const KEY = {
  DOC: Keyword.of("doc"),
  DESCRIPTION: Keyword.of("description"),
  EXAMPLES: Keyword.of("examples"),
  CODE: Keyword.of("code"),
  SIGNATURE: Keyword.of("signature"),
  PARAMS: Keyword.of("params"),
  PRIVATE: Keyword.of("private"),
  STATIC: Keyword.of("static"),
};

const account = coreAccount();
const names = account.environment?.keys() as CVMSymbol[];

function docOf(name: CVMSymbol): CVMMap {
  const metadata = account.metadataOf(name);
  const doc = metadata instanceof CVMMap ? metadata.get(KEY.DOC) : null;
  return doc instanceof CVMMap ? doc : CVMMap.EMPTY;
}

function vectorAt(map: CVMMap, key: Keyword): CVMMap[] {
  const vector = map.get(key);
  return vector instanceof Vector ? (vector.toArray() as CVMMap[]) : [];
}

/** Least and largest number of arguments that a documented signature allows. */
function documentedArity(doc: CVMMap): [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (const signature of vectorAt(doc, KEY.SIGNATURE)) {
    const params = (signature.get(KEY.PARAMS) as Vector).toArray();
    const rest = params.findIndex((p) => p instanceof CVMSymbol && p.name === "&");
    min = Math.min(min, rest < 0 ? params.length : rest);
    max = Math.max(max, rest < 0 ? params.length : Number.POSITIVE_INFINITY);
  }
  return [min, max];
}

describe("documentation", () => {
  test("every definition has a description", () => {
    const wrong = names.filter((name) => !(docOf(name).get(KEY.DESCRIPTION) instanceof CVMString));
    expect(wrong.map((name) => name.name)).toEqual([]);
  });

  test("every example can be read", () => {
    for (const name of names) {
      const examples = vectorAt(docOf(name), KEY.EXAMPLES);
      if (docOf(name).get(KEY.PRIVATE) !== true)
        expect([name.name, examples.length > 0]).toEqual([name.name, true]);
      for (const example of examples) readForm(String(example.get(KEY.CODE)));
    }
  });

  test("signatures of native functions allow what the functions take", () => {
    const wrong = [...CORE_BY_CODE.values()]
      .filter((fn) => fn.name !== "quote")
      .map((fn) => ({ fn, arity: documentedArity(docOf(CVMSymbol.of(fn.name))) }))
      .filter(({ fn, arity: [min, max] }) => fn.min !== min || fn.max !== max)
      .map(({ fn, arity }) => `${fn.name} ${arity}, not ${fn.min},${fn.max}`);
    expect(wrong).toEqual([]);
  });
});

describe("core library", () => {
  test("exactly the native functions are static", () => {
    const wrong = names.filter((name) => {
      const metadata = account.metadataOf(name);
      const isStatic = metadata instanceof CVMMap && metadata.get(KEY.STATIC) === true;
      return isStatic !== account.definition(name) instanceof CoreFn;
    });
    expect(wrong.map((name) => name.name)).toEqual([]);
  });

  test("every definition in Convex Lisp is used in test/genesis/lib", () => {
    const words = new Set(
      ["core.cvx", "core-functions.cvx"].flatMap((file) =>
        readFileSync(join(LIB, file), "utf8").split(/[\s()[\]{}'`~,"]+/),
      ),
    );
    const untested = names
      .filter((name) => !(account.definition(name) instanceof CoreFn))
      .filter((name) => docOf(name).get(KEY.PRIVATE) !== true)
      .filter((name) => !name.name.startsWith("*") && !words.has(name.name));
    expect(untested.map((name) => name.name)).toEqual([]);
  });

  test("costs at most a tenth more juice than the reference", () => {
    const rows = readFileSync(join(FIXTURES, "library-juice.jsonl"), "utf8").trim().split("\n");
    const dear = rows
      .map((row) => JSON.parse(row) as { src: string; juice: number })
      .map((row) => ({ ...row, ours: juiceOf(row.src) }))
      .filter(({ juice, ours }) => ours > juice * JUICE_FACTOR)
      .map(({ src, juice, ours }) => `${src} ${ours}, the reference ${juice}`);
    expect(dear).toEqual([]);
  });
});

function juiceOf(src: string): number {
  const state = testGenesis();
  const origin = Address.of(12);
  const ctx = new Context({ state, origin, juiceLimit: MAX_TRANSACTION_JUICE });
  ctx.run(readForm(src));
  return ctx.juice;
}
