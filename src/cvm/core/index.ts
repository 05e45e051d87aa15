// The native core functions (sheet 01 §11, sheet 02 §19) by code and by name.

import type { CoreFn } from "../call/core-fn.ts";
import { ACCOUNT_FNS } from "./accounts.ts";
import { ACTOR_FNS } from "./actors.ts";
import { ARITHMETIC_FNS } from "./arithmetic.ts";
import { BIT_FNS } from "./bits.ts";
import { BLOB_FNS } from "./blobs.ts";
import { COIN_FNS } from "./coins.ts";
import { COLLECTION_ACCESS_FNS } from "./collections-access.ts";
import { COLLECTION_BUILD_FNS } from "./collections-build.ts";
import { COMPARE_FNS } from "./compare.ts";
import { CONTROL_FNS } from "./control.ts";
import { ENVIRONMENT_FNS } from "./environment.ts";
import { EVAL_FNS } from "./eval.ts";
import { HASH_FNS } from "./hash-functions.ts";
import { HIGHER_ORDER_FNS } from "./higher-order.ts";
import { HOLDING_FNS } from "./holdings.ts";
import { INTEGER_DIVISION_FNS } from "./integer-division.ts";
import { LOG_FNS } from "./log.ts";
import { MAP_FNS } from "./maps.ts";
import { NUMERIC_CAST_FNS } from "./numeric-casts.ts";
import { PEER_FNS } from "./peers.ts";
import { PREDICATES } from "./predicates.ts";
import { SCHEDULE_FNS } from "./schedule.ts";
import { SEQUENCE_FNS } from "./sequence.ts";
import { SET_FNS } from "./sets.ts";
import { STRING_FNS } from "./strings.ts";
import { SYMBOL_FNS } from "./symbols.ts";
import { SYNTAX_FNS } from "./syntax.ts";
import { TRUTH_FNS } from "./truth.ts";

const ALL: readonly CoreFn[] = [
  ACCOUNT_FNS,
  ACTOR_FNS,
  ARITHMETIC_FNS,
  BIT_FNS,
  BLOB_FNS,
  COIN_FNS,
  COLLECTION_ACCESS_FNS,
  COLLECTION_BUILD_FNS,
  COMPARE_FNS,
  CONTROL_FNS,
  ENVIRONMENT_FNS,
  EVAL_FNS,
  HASH_FNS,
  HIGHER_ORDER_FNS,
  HOLDING_FNS,
  INTEGER_DIVISION_FNS,
  LOG_FNS,
  MAP_FNS,
  NUMERIC_CAST_FNS,
  PEER_FNS,
  PREDICATES,
  SCHEDULE_FNS,
  SEQUENCE_FNS,
  SET_FNS,
  STRING_FNS,
  SYMBOL_FNS,
  SYNTAX_FNS,
  TRUTH_FNS,
]
  .flat()
  .sort((a, b) => a.code - b.code);

/** Every core function by its code, in code order. */
export const CORE_BY_CODE: ReadonlyMap<number, CoreFn> = new Map(ALL.map((fn) => [fn.code, fn]));

/** Every core function by its name. */
export const CORE_BY_NAME: ReadonlyMap<string, CoreFn> = new Map(ALL.map((fn) => [fn.name, fn]));

/** The core function of a code that the machine itself names (CORE_CODE). */
export function coreFunction(code: number): CoreFn {
  return CORE_BY_CODE.get(code) as CoreFn;
}
