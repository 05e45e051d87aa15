// What an executed block is to a subscriber: events in the format of server-sent events.

import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { hashBytes } from "../../data/encode.ts";
import { BadStructureError } from "../../data/errors.ts";
import { Keyword } from "../../data/keyword.ts";
import { storedBytes } from "../../data/memory-size.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMString } from "../../data/string.ts";
import { Vector } from "../../data/vector.ts";
import { print } from "../../lang/printer.ts";
import type { ExecutedBlock } from "../../peer/rounds/executed-blocks.ts";
import { Block } from "../../state/block.ts";
import type { Result } from "../../state/result.ts";
import { Transaction } from "../../state/transaction.ts";
import { type Fields, fieldsJson } from "../content.ts";
import { blockFields } from "../routes/blocks.ts";
import type { Topics } from "./topics.ts";

/** Characters of a printed value that an event carries; longer ones are to be asked for. */
const PRINTED_MAX = 4_096;
/** Bytes that an event carries of each: values and scope of a log entry, code of an error. */
const CARRIED_MAX = 65_536;

const isShort = (value: Value) => storedBytes(value) <= CARRIED_MAX;

/**
 * An event. Its id is the position of the block from where a subscriber that comes back goes on:
 * that of the block itself, so that one cut off in the middle of it hears all of it again.
 */
export function eventText(name: string, json: string, id: number): string {
  return `id: ${id}\nevent: ${name}\ndata: ${json}\n\n`;
}

/** No event, but moves the position to go on from. */
export function placeText(id: number): string {
  return `id: ${id}\n\n`;
}

/** As in Result JSON: the name of a keyword, "" for what is too long. */
function codeOf(error: Value): Value {
  if (error instanceof Keyword) return CVMString.of(error.name);
  return isShort(error) ? error : CVMString.of("");
}

function transactionFields(
  signed: SignedData,
  result: Result,
  place: Vector,
  isSound = true,
): Fields {
  const { origin, sequence } = signed.value as Transaction;
  const printed = print(result.result, PRINTED_MAX);
  return [
    ["origin", origin],
    ["sequence", sequence],
    ["position", place],
    ["hash", Blob.of(hashBytes(signed))],
    ["errorCode", isSound ? codeOf(result.error) : CVMString.of("")],
    ["result", printed === null ? null : CVMString.of(printed)],
    ["info", result.info],
  ];
}

/** A log entry is [address scope location values] (sheet 02 §14, `log`). */
function logFields(entry: Vector, place: Vector, isSound = true): Fields {
  const [scope, values] = [entry.get(1), entry.get(3)];
  return [
    ["address", entry.get(0)],
    ["scope", isShort(scope) ? scope : null],
    ["position", place],
    ["values", isShort(values) ? values : null],
    ["isComplete", isSound && isShort(scope) && isShort(values)],
  ];
}

function* entriesOf(result: Result, topics: Topics): Generator<Vector> {
  if (topics.log.size === 0) return;
  for (const entry of result.log ?? []) {
    if (!(entry instanceof Vector) || entry.count < 4) continue;
    const address: Value = entry.get(0);
    if (address instanceof Address && topics.log.has(address.value)) yield entry;
  }
}

/**
 * Fields as JSON. Whoever logs, or fails with, what can't be gone through ends nobody's feed: it is
 * left out, as what is too long.
 */
function soundJson(fields: Fields, without: () => Fields): string {
  try {
    return fieldsJson(fields);
  } catch (error) {
    if (!(error instanceof BadStructureError)) throw error;
    return fieldsJson(without());
  }
}

/** What there is of each transaction in turn, and of each entry of its log; "" for other ones. */
function* transactionEvents(executed: ExecutedBlock, topics: Topics): Generator<string> {
  const { position, signed: signedBlock, result: blockResult } = executed;
  const block = signedBlock.value;
  if (!(block instanceof Block)) return;
  for (const [index, signed] of block.listed().entries()) {
    yield "";
    const result = blockResult.result(index);
    if (result === null || !(signed instanceof SignedData)) continue;
    const transaction = signed.value;
    if (!(transaction instanceof Transaction)) continue;
    const place = Vector.of(position, index);
    if (topics.transactions.has(transaction.origin.value)) {
      const json = soundJson(transactionFields(signed, result, place), () =>
        transactionFields(signed, result, place, false),
      );
      yield eventText("transaction", json, position);
    }
    for (const entry of entriesOf(result, topics)) {
      const json = soundJson(logFields(entry, place), () =>
        logFields(entry.assoc(1, null).assoc(3, null), place, false),
      );
      yield eventText("log", json, position);
    }
  }
}

/**
 * The events of a block, one after another: one transaction may write the same long value to its
 * log 5,000 times, which no text could hold.
 */
export function* blockEvents(executed: ExecutedBlock, topics: Topics): Generator<string> {
  const { position, signed } = executed;
  // What is executed is final.
  const fields = blockFields(signed, position, position + 1);
  if (topics.blocks) yield eventText("block", fieldsJson(fields), position);
  if (topics.transactions.size + topics.log.size > 0) yield* transactionEvents(executed, topics);
}
