// The machine and the transition in one process, without I/O. A State of our own, or with --genesis
// a complete multi-cell State (the reference's Bench times its own genesis).

import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { EXIT } from "../../src/cvm/exits.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { CVMMap } from "../../src/data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { checkBlockSignatures } from "../../src/peer/signatures/block-signatures.ts";
import { CHECK_ASIDE } from "../../src/peer/signatures/signature-checks.ts";
import { Block } from "../../src/state/block.ts";
import type { State } from "../../src/state/state.ts";
import { Invoke, Transfer } from "../../src/state/transaction.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import { genesisState, keyPair } from "./genesis-state.ts";
import { growthBenches } from "./growth.ts";
import { growthStoreBenches } from "./growth-store.ts";
import type { Bench } from "./main.ts";

const HERO = Address.of(12);
const OTHER = Address.of(13);
const JUICE = 1_000_000_000;
const LOOP = "(loop [i 0 acc 0] (if (< i 300000) (recur (inc i) (+ acc i)) acc))";
const FIB = "(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))";
const DEPLOY = "(deploy '(do (def st {}) (defn put ^:callable [k v] (def st (assoc st k v)))))";

/** Seconds of the fastest of `runs` runs, after `warm` that do not count. */
function fastest(warm: number, runs: number, work: () => void): number {
  for (let i = 0; i < warm; i++) work();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const start = Bun.nanoseconds();
    work();
    best = Math.min(best, (Bun.nanoseconds() - start) / 1e9);
  }
  return best;
}

/** `fastest` of work that waits for other threads. */
async function fastestOf(warm: number, runs: number, work: () => Promise<void>): Promise<number> {
  for (let i = 0; i < warm; i++) await work();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const start = Bun.nanoseconds();
    await work();
    best = Math.min(best, (Bun.nanoseconds() - start) / 1e9);
  }
  return best;
}

function ensureOk<T>(outcome: T): Exclude<T, typeof EXIT> {
  if (outcome === EXIT) throw new Error("the benchmark's program failed");
  return outcome as Exclude<T, typeof EXIT>;
}

function machine(state: State): Context {
  return new Context({ state, origin: HERO, juiceLimit: JUICE });
}

function apply(state: State, transaction: Invoke | Transfer): State {
  const outcome = applyTransaction(state, transaction);
  if (outcome.error !== null) throw new Error("the benchmark's transaction failed");
  return outcome.state;
}

function machineBenches(state: () => State): Bench[] {
  const run = (from: State, op: Value) => ensureOk(machine(from).run(op));
  const compile = (from: State, source: string): Value =>
    ensureOk(machine(from).expandCompile(readForm(source)));
  return [
    {
      name: "cvm-loop",
      unit: "ns/iteration",
      run: () => {
        const loop = compile(state(), LOOP);
        return (fastest(8, 15, () => run(state(), loop)) * 1e9) / 300_000;
      },
    },
    {
      name: "cvm-fib22",
      unit: "ms",
      run: () => {
        const ctx = machine(state());
        ensureOk(ctx.run(compile(state(), FIB)));
        const fib = compile(ctx.state, "(fib 22)");
        return fastest(8, 15, () => run(ctx.state, fib)) * 1e3;
      },
    },
  ];
}

function transactionBenches(state: () => State): Bench[] {
  return [
    {
      name: "apply-form",
      unit: "/s",
      run: () => {
        const form = readForm("(+ 1 2)");
        const work = () => {
          for (let i = 0; i < 20_000; i++) apply(state(), Invoke.of(HERO, 1, form));
        };
        return 20_000 / fastest(5, 10, work);
      },
    },
    {
      // As apply-form, but no form is met twice: nothing that is kept of one helps with the next.
      name: "apply-other-form",
      unit: "/s",
      run: () => {
        const rounds = 15;
        const forms = Array.from({ length: rounds * 20_000 }, (_, i) => readForm(`(+ ${i} 2)`));
        let next = 0;
        const work = () => {
          for (let i = 0; i < 20_000; i++) {
            apply(state(), Invoke.of(HERO, 1, forms[next++ % forms.length] as Value));
          }
        };
        return 20_000 / fastest(5, rounds - 5, work);
      },
    },
    {
      name: "apply-transfer",
      unit: "/s",
      run: () => {
        const work = () => {
          let current = state();
          for (let i = 0; i < 20_000; i++) {
            current = apply(current, Transfer.of(HERO, i + 1, OTHER, 1));
          }
        };
        return 20_000 / fastest(5, 10, work);
      },
    },
    {
      name: "apply-actor-call",
      unit: "/s",
      run: () => {
        const deployed = apply(state(), Invoke.of(HERO, 1, readForm(DEPLOY)));
        const actor = deployed.accounts.count - 1;
        const call = readForm(`(call #${actor} (put (mod *sequence* 1000) *timestamp*))`);
        const work = () => {
          let current = deployed;
          for (let i = 0; i < 10_000; i++) current = apply(current, Invoke.of(HERO, i + 2, call));
        };
        return 10_000 / fastest(3, 8, work);
      },
    },
  ];
}

function signedBlockBench(state: () => State): Bench {
  return {
    name: "block-1000-transfers-signed",
    unit: "ms",
    run: async () => {
      const signer = keyPair(1);
      const transfers = Array.from({ length: 1000 }, (_, i) =>
        SignedData.sign(signer, Transfer.of(HERO, i + 1, OTHER, 1)),
      );
      const timestamp = Number(state().timestamp) + 5;
      const block = SignedData.sign(signer, Block.of(timestamp, Vector.from(transfers)));
      const bytes = encodeMultiCell(block);
      const seconds = await fastestOf(3, 10, async () => {
        const decoded = decodeMultiCell(bytes, CVM_TABLE) as SignedData;
        await checkBlockSignatures([decoded.value], CHECK_ASIDE);
        const applied = applyBlock(state(), decoded);
        hashKey(applied.state);
        if (applied.result(999)?.isError !== false) throw new Error("a transfer failed");
      });
      return seconds * 1e3;
    },
  };
}

function encodingBenches(state: () => State): Bench[] {
  return [
    {
      name: "decode-genesis",
      unit: "ms",
      run: () => {
        const bytes = encodeMultiCell(state());
        const expected = hashKey(state());
        return (
          fastest(20, 20, () => {
            if (hashKey(decodeMultiCell(bytes, CVM_TABLE)) !== expected)
              throw new Error("other hash");
          }) * 1e3
        );
      },
    },
    {
      name: "encode-genesis",
      unit: "ms",
      run: () => {
        const bytes = encodeMultiCell(state());
        return fastest(20, 20, () => encodeMultiCell(decodeMultiCell(bytes, CVM_TABLE))) * 1e3;
      },
    },
    {
      name: "map-build-100k",
      unit: "ms",
      run: () =>
        fastest(2, 5, () => {
          let map = CVMMap.EMPTY;
          for (let i = 0; i < 100_000; i++) map = map.assoc(i, i);
          hashKey(map);
        }) * 1e3,
    },
  ];
}

export function coreBenches(genesisPath: string | undefined): Bench[] {
  let cached: State | null = null;
  const state = (): State => {
    cached ??= genesisState(genesisPath);
    return cached;
  };
  return [
    ...machineBenches(state),
    ...transactionBenches(state),
    signedBlockBench(state),
    ...encodingBenches(state),
    ...growthBenches(state),
    ...growthStoreBenches(genesisPath),
    {
      name: "genesis",
      unit: "ms",
      run: () => fastest(3, 5, () => genesisState(undefined)) * 1e3,
    },
  ];
}
