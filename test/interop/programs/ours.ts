// What we answer to a case: the fields of ReferencePrograms.java, an object for each result.

import { toHex } from "../../../src/crypto/hex.ts";
import { readForm, readForms } from "../../../src/cvm/compile/read-form.ts";
import { Context } from "../../../src/cvm/context.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { CODE } from "../../../src/cvm/error-code.ts";
import { ErrorExit, EXIT } from "../../../src/cvm/exits.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import { MissingDataError, NO_CELLS, type Value } from "../../../src/data/cell.ts";
import { hashBytes, hashKey } from "../../../src/data/encode.ts";
import { BadFormatError, BadStructureError, PanicError } from "../../../src/data/errors.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { storageSize } from "../../../src/data/memory-size.ts";
import { decodeMultiCell } from "../../../src/data/multi-cell.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { isSound } from "../../../src/data/vector-sound.ts";
import { printBytes } from "../../../src/lang/printer.ts";
import { ParseError } from "../../../src/lang/reader.ts";
import { HostError } from "../../../src/state/host-error.ts";
import { Result } from "../../../src/state/result.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, Multi, Transaction } from "../../../src/state/transaction.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { applyTransaction, type FormOrigin } from "../../../src/transition/apply-transaction.ts";
import type { Case } from "./case.ts";
import { CONTROLLER, signedBlocks } from "./network.ts";

export type Answer = Readonly<Record<string, unknown>>;

const PRINT_LIMIT = 4000;
const TRACE = Keyword.of("trace");

export function ourAnswers(each: Case, genesis: State): Answer[] {
  switch (each.kind) {
    case "expression":
      return [expression(each.source, genesis)];
    case "juice":
      return each.limits.map((limit) => limited(each.source, limit, genesis));
    case "transaction":
      return [transaction(each.message, genesis)];
    case "blocks":
      return blocks(signedBlocks(each.blocks, genesis), genesis, (state) => state);
    case "signed":
      return blocks(each.messages.map(decodedBlock), genesis, (state) => state);
    case "reread":
      return reread(each.messages, genesis);
    case "text":
      return [forms(each.source)];
    case "message":
      return [message(each.message)];
  }
}

function expression(source: string, genesis: State): Answer {
  const form = formOf(source);
  if (form === undefined) return { parse: false };
  const origin = Address.of(CONTROLLER);
  const sequence = (genesis.account(CONTROLLER)?.sequence as number) + 1;
  return { form: hash(form), ...applied(Invoke.of(origin, sequence, form), genesis, "read") };
}

function formOf(source: string): Value | undefined {
  try {
    return readForm(source);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function transaction(bytes: Uint8Array, genesis: State): Answer {
  try {
    const cell = decodeMultiCell(bytes, CVM_TABLE, null);
    if (cell instanceof Transaction) return applied(cell, genesis, "decoded");
    return { decoded: "no transaction" };
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError)
      return { decoded: false };
    throw error;
  }
}

function applied(tx: Transaction, genesis: State, form: FormOrigin): Answer {
  return orThrown(() => {
    const outcome = applyTransaction(genesis, tx, PROFILE_0_8_5, form);
    const { juice, fees, memoryUsed, state, log, error } = outcome;
    const isMulti = tx instanceof Multi && outcome.value instanceof Vector;
    const value = isMulti ? endsOf(outcome.value as Vector) : outcome.value;
    const shared = {
      juice,
      fees: Number(fees),
      memory: Number(memoryUsed),
      state: hash(state),
      log: log.count === 0 ? "" : hash(log),
    };
    if (error !== null) return { ...shared, error: hash(error.code) };
    const size = Number(storageSize(value));
    return { ...shared, value: printed(value), hash: hash(value), size };
  });
}

/**
 * What the children of a Multi ended with: their values, and the codes of errors, whose messages
 * are free.
 */
function endsOf(children: Vector): Vector {
  const ends = (children.toArray() as Result[]).map(({ error, result }) => {
    return error ?? endsWithin(result);
  });
  return Vector.from(ends);
}

function limited(source: string, juiceLimit: number, genesis: State): Answer {
  const form = formOf(source);
  if (form === undefined) return { parse: false };
  return orThrown(() => {
    const ctx = new Context({ state: genesis, origin: Address.of(CONTROLLER), juiceLimit });
    const outcome = ctx.run(form);
    const { juice, juiceLimit: limit, log } = ctx;
    const shared = { juice, limit, state: hash(ctx.state), log: hash(log) };
    if (outcome !== EXIT) return { ...shared, hash: hash(outcome) };
    const code = ctx.exit instanceof ErrorExit ? ctx.exit.code : CODE.JUICE;
    return { ...shared, error: hash(code) };
  });
}

/** A row tells where a State read from a store after each block ends otherwise than one kept. */
function reread(messages: readonly Uint8Array[], genesis: State): Answer[] {
  const decoded = (): (SignedData | null)[] => messages.map(decodedBlock);
  const kept = blocks(decoded(), genesis, (state) => state);
  const others = blocks(decoded(), genesis, fromStore);
  return kept.map((row, i) => {
    const other = others[i] as Answer;
    return JSON.stringify(row) === JSON.stringify(other) ? row : { ...row, reread: other };
  });
}

/** Null for bytes that hold no block. */
function decodedBlock(bytes: Uint8Array): SignedData | null {
  try {
    return decodeMultiCell(bytes, CVM_TABLE, null) as SignedData;
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError) return null;
    throw error;
  }
}

const store = memoryStore(CVM_TABLE);

/** The State as a peer reads it that starts again. */
function fromStore(state: State): State {
  store.write({ roots: [["state", state]] });
  store.forget();
  return store.cell(hashKey(state)) as State;
}

function blocks(
  signed: readonly (SignedData | null)[],
  genesis: State,
  between: (state: State) => State,
): Answer[] {
  let state = genesis;
  return signed.map((block) => {
    if (block === null) return { thrown: true };
    const done = applyBlock(state, block);
    state = between(done.state);
    return { state: hash(state), ...resultsOf(done.results?.toArray() as Result[] | undefined) };
  });
}

/** How each ended, what it logged and what is told of it; texts of errors and traces are free. */
function resultsOf(results: readonly Result[] | undefined): Answer {
  if (results === undefined) return { results: null };
  return {
    results: results.map(({ error, result }) => hash(error ?? endsWithin(result))),
    logs: results.map(({ log }) => hash(log ?? Vector.EMPTY)),
    infos: results.map(({ id, info }) => {
      return hash(Vector.of(id, info instanceof CVMMap ? info.dissoc(TRACE) : null));
    }),
  };
}

function endsWithin(value: Value): Value {
  // What a hand made can be a Vector without the parts that it counts.
  if (!(value instanceof Vector) || value.count === 0 || !isSound(value)) return value;
  return value.get(0) instanceof Result ? endsOf(value) : value;
}

function forms(source: string): Answer {
  try {
    const all = List.from(readForms(source));
    return { forms: all.count, hash: hash(all), value: printed(all) };
  } catch (error) {
    if (error instanceof ParseError) return { parse: false };
    throw error;
  }
}

function message(bytes: Uint8Array): Answer {
  try {
    const cell = decodeMultiCell(bytes, CVM_TABLE, NO_CELLS);
    return { hash: hash(cell), value: printed(cell) };
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError)
      return { decoded: false };
    throw error;
  }
}

function orThrown(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    const isThrown =
      error instanceof HostError ||
      error instanceof BadStructureError ||
      error instanceof PanicError;
    if (isThrown) return { thrown: true };
    throw error;
  }
}

function hash(value: Value): string {
  return toHex(hashBytes(value));
}

function printed(value: Value): string | null {
  try {
    const { bytes, complete } = printBytes(value, PRINT_LIMIT);
    return complete ? hash(Blob.of(bytes)) : "too long";
  } catch {
    return null;
  }
}
