// What is let in, and what each refusal is called.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { type Cell, type CellSource, MissingDataError, Ref } from "../../../src/data/cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { isWorthChecking, refusalOf } from "../../../src/peer/clients/admission.ts";
import { ExactChecks } from "../../../src/peer/signatures/exact-checks.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { StoreError } from "../../../src/store/store.ts";
import { ACTOR, errorOf, keyPair, newState, TestClock, transfer } from "../scene.ts";

const state = newState();
const store = memoryStore(CVM_TABLE);

function refused(signed: SignedData, from: State = state): string | null {
  const result = refusalOf(signed, from, store, new ExactChecks(new TestClock()));
  return result === null ? null : errorOf(result);
}

const absent = new Ref("x".repeat(32), null);
const withSequence = (sequence: number) => transfer(2, sequence);
const by = (signer: number, origin: number) =>
  SignedData.sign(keyPair(signer), transfer(origin, 1).value);

describe("of transactions", () => {
  test.each([
    ["that follows is let in", withSequence(1), null],
    ["with a gap before it is let in", withSequence(9), null],
    ["that comes again is not", withSequence(0), "SEQUENCE"],
    ["by nobody is not", by(2, 9_999), "NOBODY"],
    ["by an actor is not", by(2, ACTOR), "STATE"],
    ["by another's key is not", by(3, 2), "SIGNATURE"],
    ["that is none is not", SignedData.sign(keyPair(2), 42), "FORMAT"],
  ] as const)("one %s", (_, signed, code) => {
    expect(refused(signed)).toBe(code);
    expect(isWorthChecking(signed, state)).toBe(code === null);
  });

  test("one with a forged signature is not let in, but worth a look", () => {
    const forged = SignedData.of(keyPair(2).publicKey, new Uint8Array(64), transfer(2, 1).value);
    expect(refused(forged)).toBe("SIGNATURE");
    expect(isWorthChecking(forged, state)).toBe(true);
  });

  test("one that names what nobody has is told so", () => {
    const command = new Invoke([Address.of(2), 1, absent]);
    expect(refused(SignedData.sign(keyPair(2), command))).toBe("MISSING");
  });
});

/** A State whose accounts are read with this error. */
function unreadable(error: Error): State {
  const source: CellSource = {
    cell: (): Cell => {
      throw error;
    },
    memorySize: () => -1,
  };
  const { peers, globals, schedule } = state;
  return new (state.constructor as typeof State)(
    new Ref("y".repeat(32), source),
    peers,
    globals,
    schedule,
  );
}

test("a transaction of which a cell is absent is refused as a bad message", () => {
  const lacking = unreadable(new MissingDataError("y".repeat(32)));
  expect(refused(withSequence(1), lacking)).toBe("FORMAT");
  expect(isWorthChecking(withSequence(1), lacking)).toBe(false);
});

test("a failure of the store is thrown, and not blamed on the transaction", () => {
  const failing = unreadable(new StoreError("IO", "no disk"));
  expect(() => refused(withSequence(1), failing)).toThrow("no disk");
  expect(() => isWorthChecking(withSequence(1), failing)).toThrow("no disk");
  const broken = Object.create(store, {
    requireComplete: {
      value: () => {
        throw new StoreError("IO", "no disk");
      },
    },
  });
  const exact = new ExactChecks(new TestClock());
  expect(() => refusalOf(withSequence(1), state, broken, exact)).toThrow("no disk");
});
