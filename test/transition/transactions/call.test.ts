import { describe, expect, test } from "bun:test";
import { bytesOfKey } from "../../../src/crypto/sha3.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { CellSource, Value } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { TAG } from "../../../src/data/tag.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print, printBytes } from "../../../src/lang/printer.ts";
import type { BlockResult } from "../../../src/state/block-result.ts";
import { HostError } from "../../../src/state/host-error.ts";
import type { Result } from "../../../src/state/result.ts";
import { PROFILE_0_8_5, type ReleaseProfile } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import {
  Call,
  Invoke,
  MULTI_MODE,
  Multi,
  type Transaction,
} from "../../../src/state/transaction.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import {
  ACTOR,
  blockOf,
  invoke,
  keyPair,
  smallState,
  USER,
  withBalance,
} from "../small-network.ts";

const double = CVMSymbol.of("double");

/** The actor's function `double` can be called by anybody. */
function withActor(): State {
  const state = smallState();
  const fn = applyTransaction(state, invoke("(fn [x] (#%* x 2))")).value;
  const actor = state.account(ACTOR)?.with({
    environment: CVMMap.from([[double, fn]]),
    metadata: CVMMap.from([[double, readForm("{:callable true}")]]),
  });
  return actor === undefined ? state : state.withAccount(ACTOR, actor);
}

const state = withActor();

function call(args: Value, sequence = 1): Call {
  return new Call([Address.of(USER), sequence, Address.of(ACTOR), 0, double, args]);
}

/** A later release: received Calls run (sheet 06 §3.10). */
const LATER: ReleaseProfile = {
  ...PROFILE_0_8_5,
  rulesAt: (version) => ({ ...PROFILE_0_8_5.rulesAt(version), runsCall: true }),
};

test("in 0.8.5 a Call throws, once it was admitted (T26)", () => {
  expect(() => applyTransaction(state, call(Vector.of(21)))).toThrow(HostError);
  expect(print(applyTransaction(state, call(Vector.of(21), 5)).result.error)).toBe(":SEQUENCE");
  const poor = withBalance(state, USER, 10);
  expect(print(applyTransaction(poor, call(Vector.of(21))).result.error)).toBe(":JUICE");
});

test("where the rules say so it runs", () => {
  const outcome = applyTransaction(state, call(Vector.of(21)), LATER);
  expect(outcome.value).toBe(42);
  expect(print(applyTransaction(state, call(5), LATER).result.error)).toBe(":FORMAT");
  const nameless = new Call([Address.of(USER), 1, Address.of(ACTOR), 0, null, Vector.EMPTY]);
  expect(() => applyTransaction(state, nameless, LATER)).toThrow(HostError);
  const missing = new Call([
    Address.of(USER),
    1,
    Address.of(ACTOR),
    0,
    CVMSymbol.of("f"),
    Vector.EMPTY,
  ]);
  expect(print(applyTransaction(state, missing, LATER).result.error)).toBe(":STATE");
});

describe("in a block of 0.8.5 (T26)", () => {
  /** Embedded; what holds it beside a few bytes is a branch. */
  const LONG = Blob.of(new Uint8Array(120));
  const signed = (tx: Transaction): SignedData => SignedData.sign(keyPair(1), tx);
  const quoted = (value: Value): Value => List.from([CVMSymbol.of("quote"), value]);
  /** Reads what a keyword names in a quoted value, in turn. */
  const reading = (value: Value, sequence: number, ...names: readonly string[]): Invoke => {
    const form = names.reduce<Value>(
      (inner, name) => List.from([readForm("#%get"), inner, Keyword.of(name)]),
      quoted(value),
    );
    return Invoke.of(Address.of(USER), sequence, form);
  };
  const multi = (...children: readonly Value[]): Multi =>
    Multi.of(Address.of(USER), 1, MULTI_MODE.ANY, Vector.from(children));
  /** Error codes of a block as it comes in one message. */
  const errorsOf = (...members: readonly Value[]): string => {
    const message = encodeMultiCell(blockOf(1000, members));
    return errorsIn(applyBlock(state, decodeMultiCell(message, CVM_TABLE) as SignedData));
  };
  const errorsIn = ({ results }: BlockResult): string => {
    const errors = results?.toArray().map((result) => (result as Result).error) ?? [];
    return new TextDecoder().decode(printBytes(Vector.from(errors), 1000).bytes);
  };

  /** Of more than 140 bytes with arguments that take them. */
  const long = (sequence: number): Call => call(Vector.of(21, LONG), sequence);

  test("runs a branch whose arguments were read before, in the block or the same Multi", () => {
    expect(errorsOf(signed(long(1)))).toBe("[:PEER]");
    expect(errorsOf(signed(reading(long(2), 1, "args")), signed(long(2)))).toBe("[nil :ARITY]");
    expect(errorsOf(signed(multi(reading(long(2), 1, "args"), long(2))))).toBe("[nil]");
    expect(errorsOf(signed(reading(long(2), 1, "offer")), signed(long(2)))).toBe("[:PEER :PEER]");
    expect(errorsOf(signed(reading(long(3), 1, "args")), signed(long(2)))).toBe("[:PEER :PEER]");
  });

  test("runs what is embedded only where both stand in one branch", () => {
    const short = call(Vector.of(21), 2);
    expect(errorsOf(signed(reading(short, 1, "args")), signed(short))).toBe("[:PEER :PEER]");
    const branch = signed(call(Vector.of(Blob.of(new Uint8Array(40))), 2));
    expect(errorsOf(signed(reading(branch, 1, "value", "args")), branch)).toBe("[nil :CAST]");
    const naming = signed(call(Vector.of(Blob.of(new Uint8Array(400))), 2));
    expect(errorsOf(signed(reading(naming, 1, "value", "args")), naming)).toBe("[nil :CAST]");
  });

  test("is void with arguments that are no vector, and calls nothing without a Symbol", () => {
    const odd = new Call([Address.of(USER), 2, LONG, 0, double, LONG]);
    expect(errorsOf(signed(reading(odd, 1, "args")), signed(odd))).toBe("[:PEER :PEER]");
    const nameless = new Call([Address.of(USER), 2, Address.of(ACTOR), 0, LONG, Vector.of(LONG)]);
    const block = blockOf(1000, [signed(reading(nameless, 1, "args")), signed(nameless)]);
    const { results } = applyBlock(
      state,
      decodeMultiCell(encodeMultiCell(block), CVM_TABLE) as SignedData,
    );
    const result = results?.get(1) as Result;
    // In the words of the reference.
    const words = `Account #${ACTOR} does not define Symbol: null`;
    expect([print(result.error), print(result.result)]).toEqual([":STATE", `"${words}"`]);
  });

  /** A block whose first transaction reads the arguments of the Call in its second. */
  const withRead = (...others: readonly Value[]): SignedData =>
    blockOf(1000, [signed(reading(long(2), 1, "args")), signed(long(2)), ...others]);

  test("needs no more of the block than its transactions touch", () => {
    // As the State, of which anybody may name any part: it is in the store, and in no message.
    const store: CellSource = { cell: () => null, memorySize: () => 1_000 };
    const naming = [TAG.VECTOR, 1, TAG.REF, ...new Array<number>(32).fill(7)];
    const held = decode(Uint8Array.from(naming), CVM_TABLE, store);
    const early = signed(Invoke.of(Address.of(USER), 9, held));
    expect(errorsIn(applyBlock(state, withRead(early)))).toBe("[nil :ARITY :SEQUENCE]");
  });

  test("reads a short cell that the block names by its hash", () => {
    const short = Blob.of(Uint8Array.of(1, 2, 3));
    const source: CellSource = {
      cell: (key) => (key === hashKey(short) ? short : null),
      memorySize: () => -1,
    };
    const bytes = [TAG.VECTOR, 1, TAG.REF, ...bytesOfKey(hashKey(short))];
    const held = decode(Uint8Array.from(bytes), CVM_TABLE, source);
    const form = List.from([readForm("#%count"), List.from([readForm("#%first"), quoted(held)])]);
    const block = withRead(signed(Invoke.of(Address.of(USER), 3, form)));
    expect(errorsIn(applyBlock(state, block))).toBe("[nil :ARITY nil]");
  });

  test("keeps what was found out about signatures", () => {
    const forged = SignedData.of(
      keyPair(1).publicKey,
      new Uint8Array(64),
      Invoke.of(Address.of(USER), 3, 1),
    );
    forged.setVerified(true);
    expect(errorsIn(applyBlock(state, withRead(forged)))).toBe("[nil :ARITY nil]");
  });

  test("goes by the cells of the block, not by what this peer's memory shares", () => {
    const short = call(Vector.of(21), 2);
    const shared = blockOf(1000, [signed(reading(short, 1, "args")), signed(short)]);
    expect(errorsIn(applyBlock(state, shared))).toBe("[:PEER :PEER]");
  });
});
