// hot: see test/bench. What the core account defines symbols as, remembered as long as its
// environment and metadata are the same objects: 10 ns, where walking each of the two trees takes
// 40.

import { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import type { CVMSymbol } from "../../data/symbol.ts";
import type { AccountStatus } from "../../state/account-status.ts";
import { CORE_POSITION } from "../../state/state.ts";
import { isTruthy } from "../core/truth.ts";
import { Constant } from "../ops/constant.ts";

/** The account at which every lookup ends. */
export const CORE_ADDRESS = Address.of(CORE_POSITION);
/** Most symbols remembered, defined or not. */
export const CORE_SYMBOLS_MAX = 4096;

const EXPANDER = Keyword.of("expander");
const STATIC = Keyword.of("static");

/** What an account defines a symbol as. */
export interface Definition {
  /** The account that defines it. */
  readonly address: Address;
  readonly value: Value;
  /** Metadata of the symbol; empty when there is none. */
  readonly metadata: CVMMap;
  /** Whether its metadata calls it an expander. */
  readonly isExpander: boolean;
  /** What the symbol compiles to, if its metadata calls it static; else null. */
  readonly constant: Constant | null;
}

/** Whether metadata makes a value an expander. */
export function saysExpander(metadata: CVMMap): boolean {
  return isTruthy(metadata.get(EXPANDER) ?? null);
}

/** Whether metadata allows that the value is compiled into the code that uses it. */
export function saysStatic(metadata: CVMMap): boolean {
  return metadata.get(STATIC) === true;
}

/** Metadata of one symbol in the metadata of an account; empty when there is none. */
export function metadataIn(all: CVMMap | null, symbol: CVMSymbol): CVMMap {
  const metadata = all?.get(symbol);
  return metadata instanceof CVMMap ? metadata : CVMMap.EMPTY;
}

/** One for the process: what it gives depends on the two maps alone, whatever State they are of. */
export class CoreSymbols {
  #environment: CVMMap | null = null;
  #metadata: CVMMap | null = null;
  #symbols = new Map<CVMSymbol, Definition | null>();

  /** What the core account defines a symbol as; null when it does not. */
  get(account: AccountStatus, symbol: CVMSymbol): Definition | null {
    const { environment, metadata } = account;
    const isOther = environment !== this.#environment || metadata !== this.#metadata;
    if (isOther || this.#symbols.size > CORE_SYMBOLS_MAX) {
      this.#environment = environment;
      this.#metadata = metadata;
      this.#symbols = new Map();
    }
    const known = this.#symbols.get(symbol);
    if (known !== undefined) return known;
    const found = readDefinition(environment, metadata, symbol);
    this.#symbols.set(symbol, found);
    return found;
  }
}

function readDefinition(
  environment: CVMMap | null,
  allMetadata: CVMMap | null,
  symbol: CVMSymbol,
): Definition | null {
  const value = environment?.get(symbol);
  if (value === undefined) return null;
  const metadata = metadataIn(allMetadata, symbol);
  return {
    address: CORE_ADDRESS,
    value,
    metadata,
    isExpander: saysExpander(metadata),
    constant: saysStatic(metadata) ? new Constant(value) : null,
  };
}
