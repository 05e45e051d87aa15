import { expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import { MissingDataError, Ref, type Value } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { BadStructureError, PanicError } from "../../src/data/errors.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { Block } from "../../src/state/block.ts";
import type { BlockResult } from "../../src/state/block-result.ts";
import { EMERALD } from "../../src/state/constants.ts";
import { GLOBAL } from "../../src/state/globals.ts";
import { HostError } from "../../src/state/host-error.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import type { Result } from "../../src/state/result.ts";
import { PROFILE_0_8_5, type ReleaseProfile, UpgradeHaltError } from "../../src/state/rules.ts";
import { Call, Invoke } from "../../src/state/transaction.ts";
import { applyBlock, distributeFees } from "../../src/transition/apply-block.ts";
import { checkBlock } from "../../src/transition/check-block.ts";
import {
  balanceOf,
  block,
  blockOf,
  invoke,
  keyOfUser,
  keyPair,
  OTHER,
  PEER_KEY,
  STAKE,
  sign,
  smallState,
  T0,
  transfer,
  USER,
} from "./small-network.ts";

const state = smallState();

test("an empty block moves block number, clock and peer timestamp", () => {
  const { state: after, results } = applyBlock(state, block(1000));
  expect(results?.count).toBe(0);
  expect([after.blockNumber, after.timestamp]).toEqual([0, T0 + 1000]);
  expect(after.peer(PEER_KEY)?.timestamp).toBe(T0 + 1000);
  expect(after.peer(PEER_KEY)?.balance).toBe(STAKE);
});

test("a backdated block leaves the clock", () => {
  const second = keyOfUser(2);
  const two = state.withPeer(second, PeerStatus.create(Address.of(OTHER), STAKE));
  const first = applyBlock(two, block(1_000_000)).state;
  const after = applyBlock(first, blockOf(100_000, [], 2)).state;
  expect([after.blockNumber, after.timestamp]).toEqual([1, T0 + 1_000_000]);
  expect(after.peer(second)?.timestamp).toBe(T0 + 100_000);
  expect(checkBlock(first, blockOf(99_999, [], 2))).toBe("Block too old");
});

test("the memory pool grows with each full hour passed", () => {
  const pool = (ms: number) => applyBlock(state, block(ms)).state.memoryPool;
  const toHour = 3_600_000 - (T0 % 3_600_000);
  expect(pool(toHour - 1)).toBe(1_000_000);
  expect(pool(toHour)).toBe(1_040_000);
  expect(pool(toHour + 3 * 3_600_000)).toBe(1_160_000);
  expect(pool(10 ** 12)).toBe(11_112_080_000);
});

test("fees go half to the peer, the odd copper to #0", () => {
  const { state: after, results } = applyBlock(
    state,
    block(5, invoke("1"), transfer(OTHER, 7, 2), invoke("2", 9)),
  );
  const fees = 7350 + 9000;
  expect(print(Vector.from(results?.toArray().map((_, i) => i) ?? []))).toBe("[0 1 2]");
  expect(after.peer(PEER_KEY)?.balance).toBe(STAKE + fees / 2);
  expect(balanceOf(after, 0)).toBe(fees / 2);
  expect(balanceOf(after, USER)).toBe(EMERALD - fees - 7);
  expect(after.globals.get(1)).toBe(0);
});

test("fees that wrapped below zero are taken from nobody", () => {
  expect(() => distributeFees(state, PEER_KEY, T0, -7)).toThrow("Negative reward");
  expect(distributeFees(state, keyOfUser(2), T0, -7)).toBe(state);
});

test("fees of a State without accounts throw", () => {
  expect(() => distributeFees(state.withAccounts(Vector.EMPTY), PEER_KEY, T0, 7)).toThrow(
    HostError,
  );
});

test("a peer that is gone by the end of its block gets nothing", () => {
  const two = state.withPeer(keyOfUser(2), PeerStatus.create(Address.of(OTHER), STAKE));
  const after = applyBlock(two, block(5, invoke(`(#%evict-peer ${print(PEER_KEY)})`))).state;
  expect(after.peer(PEER_KEY)).toBeNull();
  const fees = EMERALD + STAKE - Number(balanceOf(after, USER));
  expect(balanceOf(after, 0)).toBe(fees);
});

test("what nobody pays is distributed (T7)", () => {
  const after = applyBlock(state, block(5, invoke("1", 1, 15))).state;
  expect([after.peer(PEER_KEY)?.balance, balanceOf(after, 0)]).toEqual([STAKE + 3300, 3300]);
  expect(after.account(15)?.sequence).toBe(0);
});

test("location is block number and index, the peer is the signer of the block", () => {
  const source = "[*location* *peer*]";
  const first = applyBlock(state, block(5)).state;
  const result = applyBlock(first, block(6, invoke("1"), invoke(source, 2)));
  expect(print(result.result(1)?.result ?? null)).toBe(`[[1 1] ${print(PEER_KEY)}]`);
  expect(result.result(1)?.id).toBe(1);
});

/** The block changed nothing and says why in the Result of each transaction. */
function expectVoid(result: BlockResult, reason: string, count: number): void {
  expect(hashKey(result.state)).toBe(hashKey(state));
  expect(result.results?.count).toBe(count);
  for (const each of result.results ?? []) {
    expect(print(each)).toBe(`#Result {:result ${JSON.stringify(reason)},:error :PEER}`);
  }
}

/** A Vector of 16^levels times that, in as many cells as there are levels. */
function repeated(element: Value, levels: number): Vector {
  let v = Vector.from(Array.from({ length: 16 }, () => element));
  for (let i = 1; i < levels; i++) {
    const children = Array.from({ length: 16 }, () => v);
    v = new Vector(v.count * 16, children, null, true);
  }
  return v;
}

test("blocks that are refused", () => {
  const tx = sign(invoke("1"));
  expectVoid(applyBlock(state, blockOf(5, [tx, tx], 2)), "Missing Peer!", 2);
  expectVoid(applyBlock(state, blockOf(-900_001, [tx])), "Block too old", 1);
  expect(checkBlock(state, blockOf(-900_000, [tx]))).toBeNull();
  const many = blockOf(
    5,
    Array.from({ length: 1025 }, () => tx),
  );
  expectVoid(applyBlock(state, many), "Illegal Block Size!", 1025);
  expect(checkBlock(state, blockOf(5, Array(1024).fill(tx)))).toBeNull();
  const endless = SignedData.sign(keyPair(1), Block.of(T0 + 5, repeated(tx, 5)));
  expectVoid(applyBlock(state, endless), "Illegal Block Size!", 2 ** 16);
  const moved = applyBlock(state, block(1000)).state;
  expect(checkBlock(moved, block(999))).toBe("Block out of order");
  expect(checkBlock(moved, block(1000))).toBeNull();
});

test("the stake that counts is the controller's own value", () => {
  const peerWith = (peer: PeerStatus) => state.withPeer(PEER_KEY, peer);
  const least = 10 ** 12;
  const user = Address.of(USER);
  expect(checkBlock(peerWith(PeerStatus.create(user, least)), block(1))).toBeNull();
  expect(checkBlock(peerWith(PeerStatus.create(user, least - 1)), block(1))).toBe(
    "Insufficient Stake!",
  );
  const delegated = PeerStatus.create(user, least - 1).withDelegatedStake(user, least);
  expect(checkBlock(peerWith(delegated), block(1))).toBe("Insufficient Stake!");
  // Sheet 03 §4.3, defect 2: the peer of a negative delegated stake makes no valid block again.
  const broken = new PeerStatus([user, 2 * least, null, -5, null, -1, 2 * least]);
  expect(checkBlock(peerWith(broken), block(1))).toBe("Negative multiplicand!");
});

test("blocks whose execution makes the reference throw", () => {
  const good = sign(invoke("1"));
  const call = Call.of(Address.of(USER), 2, Address.of(9), 0, CVMSymbol.of("f"), Vector.EMPTY);
  for (const [element, reason] of [
    [42, "Transaction that is not signed"],
    [sign(call), "Call transaction without arguments"],
    [SignedData.sign(keyPair(1), 42), /^Not a signed transaction/],
    [sign(invoke("(do (def f (fn [] 1)) (#%call* #11 0 'f))", 2)), /metadata/],
  ] as const) {
    const result = applyBlock(state, blockOf(5, [good, element]));
    expect(result.state).toBe(state);
    expect(result.results?.count).toBe(2);
    const [first, second] = [result.result(0), result.result(1)];
    expect(first).toBe(second);
    expect(print(first?.error ?? null)).toBe(":PEER");
    const text = print(first?.result ?? null)?.slice(1, -1) ?? "";
    if (typeof reason === "string") expect(text).toBe(reason);
    else expect(text).toMatch(reason);
  }
});

test("a juice price of zero, by which the reference divides, makes the block void", () => {
  const free = state.withGlobals(state.globals.assoc(GLOBAL.JUICE_PRICE, 0));
  const result = applyBlock(free, block(5, invoke("1")));
  expect(result.state).toBe(free);
  expect(print(result.result(0)?.error ?? null)).toBe(":PEER");
});

/** A profile whose upgrade hook does this. */
function profileWith(upgrade: ReleaseProfile["upgrade"]): ReleaseProfile {
  return { ...PROFILE_0_8_5, upgrade };
}

test("where the reference dies of a Java Error, the block is void", () => {
  const endless = (): number => 1 + endless();
  for (const failure of [
    () => {
      throw new PanicError("Misaligned shifts!");
    },
    () => {
      throw new BadStructureError("broken");
    },
    endless,
  ]) {
    const result = applyBlock(state, block(5, invoke("1")), profileWith(failure as never));
    expect(result.state).toBe(state);
    expect(print(result.result(0)?.error ?? null)).toBe(":PEER");
  }
  const withoutTransactions = SignedData.sign(keyPair(1), new Block([T0 + 5, null]));
  const result = applyBlock(state, withoutTransactions);
  expect([result.state, result.results?.count]).toEqual([state, 0]);
});

test("a mistake of ours is not hidden in a void block", () => {
  const mistake = profileWith(() => {
    throw new TypeError("ours");
  });
  expect(() => applyBlock(state, block(5), mistake)).toThrow("ours");
});

test("what is signed must be a block", () => {
  const result = applyBlock(state, SignedData.sign(keyPair(1), 42));
  expect([result.state, result.results]).toEqual([state, null]);
});

test("missing data leaves block application, to be tried again", () => {
  const command = new Ref("x".repeat(32), null);
  const tx = new Invoke([Address.of(USER), 1, command]);
  expect(() => applyBlock(state, block(5, tx))).toThrow(MissingDataError);
});

test("upgrades run behind the checks and before the block number, with the old clock", () => {
  const seen: unknown[] = [];
  const profile = profileWith((before, timestamp) => {
    seen.push(before.blockNumber, before.timestamp, timestamp);
    return before.withGlobals(before.globals.append(1).append(Vector.of(timestamp)));
  });
  const after = applyBlock(state, block(5), profile).state;
  expect(seen).toEqual([-1, T0, T0 + 5]);
  expect([after.protocolVersion, after.blockNumber]).toEqual([1, 0]);
  expect(applyBlock(state, blockOf(5, [], 2), profile).state).toBe(state);
  expect(seen.length).toBe(3);
});

test("an upgrade that cannot be done is no block result", () => {
  const halting = profileWith(() => {
    throw new UpgradeHaltError("no migration 0");
  });
  expect(() => applyBlock(state, block(5), halting)).toThrow(UpgradeHaltError);
});

test("an error in an expression with a malformed constant is an ordinary one", () => {
  // A vector that claims 32 elements and has two, in a Syntax: its line of the trace has no text.
  const sent = invoke("#[db02c0b0ed03c0b08880201101110282013301611101]");
  const { results } = applyBlock(state, block(1000, sent));
  const [result] = (results as Vector).toArray() as Result[];
  expect(print(result?.error ?? null)).toBe(":CAST");
});
