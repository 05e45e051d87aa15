// Account #8, the core library: native functions and special symbols, then the definitions of
// core.cvx and core-functions.cvx form by form, then documentation (sheet 02 §20). Natives are
// static from the beginning, so the library holds them as constants (the reference, which makes
// them static last, looks them up: T13).

import { CORE_ADDRESS } from "../cvm/account/core-symbols.ts";
import { LANG } from "../cvm/account/definitions.ts";
import type { CoreFn } from "../cvm/call/core-fn.ts";
import { readForms } from "../cvm/compile/read-form.ts";
import { CORE_BY_CODE } from "../cvm/core/index.ts";
import { Special } from "../cvm/ops/special.ts";
import type { Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { Vector } from "../data/vector.ts";
import { AccountStatus } from "../state/account-status.ts";
import { initialGlobals } from "../state/globals.ts";
import { State } from "../state/state.ts";
import { evaluateAs } from "./evaluate.ts";
import { GenesisError } from "./genesis-error.ts";
import core from "./lib/core.cvx" with { type: "text" };
import coreFunctions from "./lib/core-functions.cvx" with { type: "text" };
import metadata from "./lib/metadata.cvx" with { type: "text" };

const DOC = Keyword.of("doc");
const EXPANDER = Keyword.of("expander");
const SPECIAL = Keyword.of("special");
const STATIC = Keyword.of("static");
const TYPE = Keyword.of("type");
const FUNCTION = Keyword.of("function");
/** The one native function that is an expander, and a special form, too. */
const QUOTE = "quote";

let cached: AccountStatus | null = null;

/** The record of account #8 before it registers itself; made once a process. */
export function coreAccount(): AccountStatus {
  cached ??= buildCoreAccount();
  return cached;
}

function buildCoreAccount(): AccountStatus {
  const natives = [...CORE_BY_CODE.values()];
  const named = CVMMap.from(natives.map((fn) => [CVMSymbol.of(fn.name), fn]));
  const bare = AccountStatus.EMPTY.with({
    environment: named.assoc(LANG, null),
    metadata: CVMMap.from(natives.map((fn) => [CVMSymbol.of(fn.name), nativeMetadata(fn)])),
  });
  const below = Array.from({ length: Number(CORE_ADDRESS.value) }, () => AccountStatus.EMPTY);
  const accounts = Vector.from([...below, bare]);
  const state = State.of(accounts, Index.EMPTY, initialGlobals(), Index.EMPTY);
  const forms = [...readForms(core), ...readForms(coreFunctions)];
  const account = evaluateAs(state, CORE_ADDRESS, forms).account(CORE_ADDRESS);
  return documented(account as AccountStatus);
}

function nativeMetadata(fn: CoreFn): CVMMap {
  const entry = CVMMap.EMPTY.assoc(STATIC, true);
  return fn.name === QUOTE ? entry.assoc(EXPANDER, true).assoc(SPECIAL, true) : entry;
}

/** Adds the documentation of natives, and the special forms and symbols with theirs. */
function documented(account: AccountStatus): AccountStatus {
  let environment = account.environment ?? CVMMap.EMPTY;
  let all = account.metadata ?? CVMMap.EMPTY;
  for (const [symbol, doc] of documentation()) {
    const native = all.get(symbol);
    if (native instanceof CVMMap) {
      all = all.assoc(symbol, native.assoc(DOC, doc.assoc(TYPE, FUNCTION)));
      continue;
    }
    environment = environment.assoc(symbol, Special.ofName(symbol.name) ?? symbol);
    const entry = CVMMap.EMPTY.assoc(SPECIAL, true).assoc(DOC, doc.assoc(TYPE, SPECIAL));
    all = all.assoc(symbol, entry);
  }
  return account.with({ environment, metadata: all });
}

/** The pairs of metadata.cvx. */
function documentation(): [CVMSymbol, CVMMap][] {
  const forms: readonly Value[] = readForms(metadata);
  const pairs: [CVMSymbol, CVMMap][] = [];
  for (let i = 0; i < forms.length; i += 2) {
    const symbol = forms[i];
    const doc = forms[i + 1];
    if (!(symbol instanceof CVMSymbol) || !(doc instanceof CVMMap)) {
      throw new GenesisError(`Documentation: form ${i} does not begin a pair of symbol and map`);
    }
    pairs.push([symbol, doc]);
  }
  return pairs;
}
