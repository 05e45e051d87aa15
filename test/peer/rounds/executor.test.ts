// How blocks are executed on the main thread: in pieces, and behind the checks of their signatures.

import { describe, expect, test } from "bun:test";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  EXECUTE_BLOCKS_MS,
  EXECUTION_SLICE_MS,
  SIGNATURE_GATHER_MAX,
} from "../../../src/peer/bounds.ts";
import { LocalExecutor } from "../../../src/peer/rounds/executor.ts";
import { CHECK_IN_PLACE } from "../../../src/peer/signatures/signature-checks.ts";
import { Block } from "../../../src/state/block.ts";
import { INITIAL_TIMESTAMP } from "../../../src/state/constants.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import { keyPair, newState, TestClock, transfer } from "../scene.ts";

const state = newState();

function blockOf(...transactions: readonly SignedData[]): SignedData {
  return SignedData.sign(keyPair(0), Block.of(INITIAL_TIMESTAMP, Vector.from([...transactions])));
}

/** A clock that goes on by so much with each look at it. */
class CostlyClock extends TestClock {
  readonly #stepMs: number;
  constructor(stepMs: number) {
    super();
    this.#stepMs = stepMs;
  }
  override now(): number {
    this.advance(this.#stepMs);
    return super.now();
  }
}

const TRANSFERS = [1, 2, 3].map((sequence) => transfer(2, sequence));

describe("others have their turn", () => {
  const pausesWith = async (stepMs: number) => {
    let pauses = 0;
    let blocks = 0;
    const executor = new LocalExecutor(PROFILE_0_8_5, new CostlyClock(stepMs));
    const results = await executor.execute(state, [blockOf(...TRANSFERS)], {
      onBlock: () => blocks++,
      onPause: () => pauses++,
    });
    expect([results.length, blocks]).toEqual([1, 1]);
    expect(results[0]?.state.account(2)?.sequence).toBe(3);
    return pauses;
  };

  test("between transactions, when those take long", async () => {
    expect(await pausesWith(0)).toBe(0);
    expect(await pausesWith(EXECUTION_SLICE_MS + 1)).toBe(TRANSFERS.length);
    // Time that others take is not counted: two looks at the clock make a slice.
    expect(await pausesWith(EXECUTION_SLICE_MS * 0.6)).toBe(1);
  });

  test("between blocks, of which no more are begun after a while", async () => {
    const blocks = TRANSFERS.map((each) => blockOf(each));
    const executed = async (stepMs: number) =>
      (await new LocalExecutor(PROFILE_0_8_5, new CostlyClock(stepMs)).execute(state, blocks))
        .length;
    expect(await executed(0)).toBe(3);
    expect(await executed(EXECUTE_BLOCKS_MS + 1)).toBe(1);
  });
});

describe("signatures are checked", () => {
  /** Signed by nobody who has looked at it. */
  const unchecked = ({ publicKey, signature, value }: SignedData) =>
    SignedData.of(publicKey, signature, value);

  test("before the blocks are applied that hold them, many blocks together", async () => {
    const batches: number[] = [];
    const ends: (() => void)[] = [];
    const checks = {
      checkAll: (signatures: readonly SignedData[], done: () => void) => {
        batches.push(signatures.length);
        ends.push(done);
      },
    };
    const half = SIGNATURE_GATHER_MAX / 2;
    const full = (first: number) =>
      blockOf(...Array.from({ length: half }, (_, i) => unchecked(transfer(2, first + i))));
    const blocks = [full(1), full(1 + half), full(1 + 2 * half)];
    let done = 0;
    const executor = new LocalExecutor(PROFILE_0_8_5, new TestClock(), checks);
    const results = executor.execute(state, blocks, { onBlock: () => done++, onPause: () => {} });
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect([batches, done]).toEqual([[2 * half], 0]);
    ends[0]?.();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect([batches, done]).toEqual([[2 * half, half], 2]);
    ends[1]?.();
    expect((await results).at(-1)?.state.account(2)?.sequence).toBe(3 * half);
  });

  test("in place where nobody else does it; a value that is no block has none", async () => {
    const executor = new LocalExecutor(PROFILE_0_8_5, new TestClock(), CHECK_IN_PLACE);
    const odd = SignedData.sign(keyPair(0), 42);
    const results = await executor.execute(state, [odd, blockOf(unchecked(transfer(2, 1)))]);
    expect(results.map((each) => each.results?.count ?? null)).toEqual([null, 1]);
    expect(results[1]?.state.account(2)?.sequence).toBe(1);
    expect(await executor.execute(state, [])).toEqual([]);
  });
});
