import { expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import type { Integer } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import { EMERALD } from "../../src/state/constants.ts";
import { HostError } from "../../src/state/host-error.ts";
import { MemoryTradeError } from "../../src/state/memory-pool.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import type { State } from "../../src/state/state.ts";
import { Invoke, type Transaction, Transfer } from "../../src/state/transaction.ts";
import {
  applyDetached,
  applySigned,
  applyTransaction,
} from "../../src/transition/apply-transaction.ts";
import type { TransactionOutcome } from "../../src/transition/transaction-outcome.ts";
import {
  ACTOR,
  balanceOf,
  invoke,
  keyPair,
  OTHER,
  PEER_KEY,
  sign,
  smallState,
  transfer,
  USER,
  withBalance,
} from "./small-network.ts";

const state = smallState();
const RULES = PROFILE_0_8_5.rulesAt(0);
const POSITION = { blockNumber: 3, index: 8, peer: PEER_KEY };

function apply(tx: Transaction, from: State = state): TransactionOutcome {
  return applyTransaction(from, tx);
}

function shown(outcome: TransactionOutcome): string | null {
  return print(outcome.toResult(0));
}

/** Applies a transaction that is signed by the key of that seed. */
function applyAs(seedByte: number, tx: Transaction): TransactionOutcome {
  return applySigned(state, SignedData.sign(keyPair(seedByte), tx), POSITION, RULES);
}

test("refused transactions change nothing and cost nothing", () => {
  const rows: [TransactionOutcome, string, string][] = [
    [applyAs(1, invoke("1", 1, 16)), ":NOBODY", "Transaction for non-existent Account: #16"],
    [applyAs(1, invoke("1", 2)), ":SEQUENCE", "Sequence = 2 but expected 1"],
    [applyAs(1, invoke("1", 0)), ":SEQUENCE", "Sequence = 0 but expected 1"],
    [applyAs(1, invoke("1", 1, ACTOR)), ":STATE", "Transaction for account that is an Actor: #9"],
    [applyAs(2, invoke("1")), ":SIGNATURE", "Bad Signature!"],
  ];
  for (const [outcome, code, text] of rows) {
    expect(shown(outcome)).toBe(
      `#Result {:id 0,:result "${text}",:error ${code},:log [],:info {:trace [],:eaddr #0,:source :CVM}}`,
    );
    expect(outcome.state).toBe(state);
    expect(outcome.fees).toBe(0);
  }
});

test("a forged signature is refused", () => {
  const signed = SignedData.of(keyPair(1).publicKey, new Uint8Array(64), invoke("1"));
  const outcome = applySigned(state, signed, POSITION, RULES);
  expect(print(outcome.result.error)).toBe(":SIGNATURE");
});

test("what is signed must be a transaction", () => {
  const signed = SignedData.sign(keyPair(1), 42);
  expect(() => applySigned(state, signed, POSITION, RULES)).toThrow(
    /^Not a signed transaction: 0x/,
  );
});

test("signer, peer and location of a signed and of an unsigned transaction", () => {
  const tx = invoke("[*signer* *peer* *location* *caller* *origin*]");
  const [signer, peer] = [print(state.account(USER)?.key ?? null), print(PEER_KEY)];
  const signed = applySigned(state, sign(tx), POSITION, RULES);
  expect(print(signed.value)).toBe(`[${signer} ${peer} [3 8] nil #11]`);
  expect(print(apply(tx).value)).toBe(`[0x${"0".repeat(64)} nil [-1 0] nil #11]`);
});

test("fees, juice, memory and sequence of a success (sheet 02 §11.4)", () => {
  expect(shown(apply(invoke("1")))).toBe(
    "#Result {:id 0,:result 1,:log [],:info {:fees 7350,:juice 75}}",
  );
  const defined = apply(invoke("(def a 1)"));
  expect(shown(defined)).toBe(
    "#Result {:id 0,:result 1,:log [],:info {:mem 6,:fees 14150,:juice 555}}",
  );
  expect(defined.fees).toBe(14_150);
  const account = defined.state.account(USER);
  expect([account?.sequence, account?.allowance]).toEqual([1, 94]);
  expect(account?.balance).toBe(EMERALD - 14_150);
  const sent = apply(transfer(OTHER, 1000));
  expect([sent.juice, sent.fees]).toEqual([200, 9200]);
});

test("freed memory adds to the allowance", () => {
  const defined = apply(invoke("(def a [1 2 3])")).state;
  const freed = apply(invoke("(#%undef* 'a)", 2), defined);
  expect(freed.memoryUsed).toBeLessThan(0);
  expect(print(freed.result)).not.toContain(":mem");
  const [before, after] = [defined.account(USER), freed.state.account(USER)];
  expect(after?.allowance).toBe(Number(before?.allowance) - Number(freed.memoryUsed));
});

/** A definition of a blob of 2^n · 8 bytes. */
function defineBytes(doublings: number): string {
  const double = "(fn [a i] (#%str a a))";
  const steps = Array.from({ length: doublings }, (_, i) => i).join(" ");
  return `(def s (#%reduce ${double} "12345678" [${steps}]))`;
}

test("memory beyond the allowance is bought from the pool", () => {
  const outcome = apply(invoke(defineBytes(8)));
  const need = Number(outcome.memoryUsed) - 100;
  const newCoins = 10n ** 18n / BigInt(1_000_000 - need);
  const after = outcome.state;
  expect([after.memoryPool, after.memoryValue]).toEqual([1_000_000 - need, Number(newCoins) + 1]);
  expect(after.account(USER)?.allowance).toBe(0);
  const spend = Number(newCoins) + 1 - 1_000_000_000_000;
  expect(outcome.paid).toBe(Number(outcome.fees) + spend);
  expect(after.account(USER)?.balance).toBe(EMERALD - Number(outcome.fees) - spend);
});

test("an allowance that just suffices buys nothing", () => {
  const account = state.account(USER) as AccountStatus;
  const from = state.withAccount(USER, account.withAllowance(6));
  const outcome = apply(invoke("(def a 1)"), from);
  expect([outcome.memoryUsed, outcome.paid]).toEqual([6, outcome.fees]);
  expect(outcome.state.account(USER)?.allowance).toBe(0);
  expect(outcome.state.memoryPool).toBe(state.memoryPool);
});

test.each([
  ["stays negative, beside what is bought", -5, -5, 11],
  ["is so far below that what would be bought wraps around", -(2n ** 63n), -(2n ** 63n), 0],
  ["is so far below that the sum is just not beyond", 7n - 2n ** 63n, null, null],
])("T52: an allowance that %s", (_, allowance, left, bought) => {
  const account = state.account(USER) as AccountStatus;
  const from = state.withAccount(USER, account.withAllowance(allowance));
  const tx = invoke("(def a 1)");
  if (left === null) {
    expect(() => apply(tx, from)).toThrow(MemoryTradeError);
    return;
  }
  const outcome = apply(tx, from);
  expect(outcome.memoryUsed).toBe(6);
  expect(outcome.state.account(USER)?.allowance).toBe(left);
  expect(outcome.state.memoryPool).toBe(1_000_000 - Number(bought));
  expect(Number(outcome.paid) > Number(outcome.fees)).toBe(Number(bought) > 0);
});

test("T52: memory that nobody has paid for and somebody frees, up to 2^63 and beyond", () => {
  const freedWith = (allowance: Integer): Integer | undefined => {
    const defined = apply(invoke("(def a [1 2 3])")).state;
    const account = defined.account(USER) as AccountStatus;
    const from = defined.withAccount(USER, account.withAllowance(allowance));
    const freed = apply(invoke("(#%undef* 'a)", 2), from);
    expect(freed.memoryUsed).toBeLessThan(0);
    expect(freed.paid).toBe(freed.fees);
    const left = freed.state.account(USER)?.allowance;
    const sum = BigInt(allowance) - BigInt(freed.memoryUsed);
    expect(BigInt(left ?? 0)).toBe(BigInt.asIntN(64, sum));
    return left;
  };
  expect(freedWith(-100)).toBeGreaterThan(-100);
  expect(freedWith(2n ** 63n - 1n)).toBeLessThan(0);
  expect(freedWith(2n ** 62n)).toBeGreaterThan(2n ** 62n);
});

test("memory that is not affordable: only juice is paid, everything is undone", () => {
  const poor = withBalance(state, USER, 1_000_000);
  const outcome = apply(invoke(defineBytes(8)), poor);
  expect(print(outcome.result.error)).toBe(":MEMORY");
  expect(shown(outcome)).toContain(`required for transaction (${outcome.memoryUsed} bytes)`);
  expect(shown(outcome)).toContain(":trace []");
  expect(shown(outcome)).toContain(`:eaddr #${USER}`);
  const account = outcome.state.account(USER);
  expect(account?.environment).toBeNull();
  expect([account?.sequence, account?.allowance]).toEqual([1, 100]);
  expect(account?.balance).toBe(1_000_000 - Number(outcome.fees));
});

test("memory may take the last coins there are", () => {
  const tx = invoke(defineBytes(8));
  const price = Number(apply(tx).paid);
  const just = apply(tx, withBalance(state, USER, price));
  expect([just.result.error, just.state.account(USER)?.balance]).toEqual([null, 0]);
  expect(print(apply(tx, withBalance(state, USER, price - 1)).result.error)).toBe(":MEMORY");
});

test("needing the whole pool is a host exception (T4)", () => {
  expect(() => apply(invoke(defineBytes(17)))).toThrow(MemoryTradeError);
});

test("no juice at all: refused, not charged, distributed all the same (T7)", () => {
  const outcome = apply(invoke("1", 1, 15));
  expect(shown(outcome)).toBe(
    '#Result {:id 0,:result "Out of juice!",:error :JUICE,:log [],:info {:source :CVM}}',
  );
  expect(outcome.state).toBe(state);
  expect(outcome.fees).toBe(6600);
});

test("a limit of one unit: the balance is taken, the whole fee distributed (T7)", () => {
  const outcome = apply(invoke("1"), withBalance(state, USER, 5010));
  expect([outcome.juice, outcome.fees]).toEqual([1, 6610]);
  expect(shown(outcome)).toContain(
    '"Insuffienct balance to cover juice fees of 6610",:error :JUICE',
  );
  expect(shown(outcome)).toContain(":trace []");
  expect(shown(outcome)).toContain(`:eaddr #${USER}`);
  expect(shown(outcome)).not.toContain(":mem");
  expect(outcome.state.account(USER)?.balance).toBe(0);
  expect(outcome.state.account(USER)?.sequence).toBe(1);
  expect(apply(invoke("1"), withBalance(state, USER, 5009)).state.account(USER)?.sequence).toBe(0);
});

test("a fee that is not covered keeps the origin's record and undoes the rest (T7)", () => {
  const poor = withBalance(state, USER, 12_000);
  const kept = apply(invoke("(def z 1)"), poor).state;
  expect(print(kept.account(USER)?.environment ?? null)).toBe("{z 1}");
  expect(kept.account(USER)?.balance).toBe(0);
  const sent = apply(transfer(OTHER, 12_000), poor);
  expect([balanceOf(sent.state, USER), balanceOf(sent.state, OTHER)]).toEqual([0, EMERALD]);
  expect(sent.paid).toBe(0);
});

test("a balance that falls lowers the juice limit, and juice used can fall (sheet 03 §7.3)", () => {
  const poor = withBalance(state, USER, 1_000_000);
  const outcome = apply(invoke("(do (#%transfer #12 980000) [1 2 3 [4] [5] [6]])"), poor);
  expect(print(outcome.result.error)).toBe(":JUICE");
  expect(outcome.juice).toBe(20_000 / 10 - 500);
  expect(balanceOf(outcome.state, OTHER)).toBe(EMERALD);
});

test("a transfer costs 200 juice, and is refused in the order of the sheet", () => {
  const rows: [Transaction, string][] = [
    [transfer(OTHER, -5), ":ARGUMENT"],
    [transfer(OTHER, 10n ** 18n + 1n), ":ARGUMENT"],
    [transfer(OTHER, 10n ** 18n), ":FUNDS"],
    [transfer(OTHER, EMERALD + 1), ":FUNDS"],
    [transfer(99, EMERALD + 1), ":FUNDS"],
    [transfer(99, 5), ":NOBODY"],
    [transfer(ACTOR, 5), ":STATE"],
    [transfer(0, 5), "nil"],
    [transfer(USER, 5), "nil"],
    [transfer(OTHER, 5), "nil"],
  ];
  for (const [tx, code] of rows) {
    const outcome = apply(tx);
    expect([print(tx), print(outcome.result.error)]).toEqual([print(tx), code]);
    expect(outcome.juice).toBe(200);
    expect(outcome.state.account(USER)?.sequence).toBe(1);
  }
  expect(balanceOf(apply(transfer(0, 5)).state, 0)).toBe(5);
  expect(balanceOf(apply(transfer(OTHER, 5)).state, OTHER)).toBe(EMERALD + 5);
});

test("a transfer to what is no Address throws, when nothing else is wrong", () => {
  const to = (amount: Integer) => new Transfer([Address.of(USER), 1, null, amount]);
  expect(print(apply(to(-1)).result.error)).toBe(":ARGUMENT");
  expect(print(apply(to(10n ** 18n + 1n)).result.error)).toBe(":ARGUMENT");
  expect(print(apply(to(10n ** 18n)).result.error)).toBe(":FUNDS");
  expect(print(apply(to(EMERALD + 1)).result.error)).toBe(":FUNDS");
  expect(() => apply(to(5))).toThrow(HostError);
});

test("State and value go by how code ends", () => {
  const rows: [string, string, boolean][] = [
    ["(do (def q 1) (#%halt 8))", "8", true],
    ["(do (def q 1) (#%return 9))", "9", true],
    ["(do (def q 1) (#%rollback 7))", "7", false],
    ["(do (def q 1) (#%fail :FOO 5))", "5", false],
    ["(do (def q 1) (#%recur 9))", '"Unhandled Exception with Code::RECUR"', false],
    ["(do (def q 1) (#%reduced 9))", '"reduced used outside of a reduce operation"', false],
  ];
  for (const [source, value, kept] of rows) {
    const outcome = apply(invoke(source));
    expect([source, print(outcome.result.result)]).toEqual([source, value]);
    expect(outcome.state.account(USER)?.environment !== null).toBe(kept);
  }
  const stray = apply(invoke("(#%recur 9)"));
  expect(shown(stray)).toContain(":info {:trace [],:eaddr nil");
});

test("the log is in the Result of a success only", () => {
  const logged = apply(invoke("(#%log :a 1)"));
  expect(print(logged.log)).toBe("[[#11 nil [-1 0] [:a 1]]]");
  expect(apply(invoke("(do (#%log :a 1) (#%fail 1))")).log).toBe(Vector.EMPTY);
  expect(apply(invoke("(do (#%log :a 1) (#%rollback 1))")).log).toBe(Vector.EMPTY);
});

test("an op is run as it is", () => {
  const op = apply(invoke("(#%compile '(def a 2))")).value;
  const outcome = apply(Invoke.of(Address.of(USER), 1, op));
  expect(print(outcome.state.account(USER)?.environment ?? null)).toBe("{a 2}");
  expect(outcome.juice).toBe(105);
});

test("what a query answers ends, also where a view has come to hold itself (T37)", () => {
  const { value } = applyDetached(
    state,
    invoke("(#%reduce #%vector [1 2 3])"),
    PROFILE_0_8_5,
    "read",
    1_000_000,
    null,
  );
  expect(print(value)).toBe("[[1 2] 3]");
});

test("a query of an account that is not there is answered with :NOBODY", () => {
  const tx = invoke("1", 1, 16);
  const { result } = applyDetached(state, tx, PROFILE_0_8_5, "read", 1_000_000, null);
  expect(print(result.error)).toBe(":NOBODY");
});

test("sizes carried along are those of the State measured afresh", () => {
  let current = state;
  for (let i = 1; i <= 40; i++) {
    const tx =
      i % 3 === 0 ? invoke(`(def a${i} ${i ** 9})`, i) : transfer(OTHER, 10 ** (i % 14), i);
    current = apply(tx, current).state;
  }
  hashKey(current);
  const fresh = current.withAccounts(Vector.from(current.accounts.toArray()));
  expect(memorySize(current)).toBe(memorySize(fresh));
  expect(hashKey(current)).toBe(hashKey(fresh));
});
