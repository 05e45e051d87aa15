// Execution that takes its time, as that of heavy blocks or on a slow machine does. It lets others
// in meanwhile, or keeps the whole peer, as one long transaction does.

import type { SignedData } from "../../src/data/signed.ts";
import type { Clock } from "../../src/peer/clock.ts";
import {
  type ExecutionListener,
  type Executor,
  LocalExecutor,
} from "../../src/peer/rounds/executor.ts";
import type { BlockResult } from "../../src/state/block-result.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import type { State } from "../../src/state/state.ts";

export interface ExecutionFaults {
  /** Milliseconds that the next block takes, 0 for none. */
  readonly blockMs: () => number;
  /** Whether nothing else gets its turn in that time. */
  readonly isAlone: () => boolean;
  /** The peer does nothing else. */
  readonly onBusy: (ms: number) => void;
}

export class SlowExecutor implements Executor {
  readonly #inner: LocalExecutor;
  readonly #clock: Clock;
  readonly #faults: ExecutionFaults;

  constructor(clock: Clock, faults: ExecutionFaults) {
    this.#inner = new LocalExecutor(PROFILE_0_8_5, clock.steady ?? clock);
    this.#clock = clock;
    this.#faults = faults;
  }

  async execute(
    state: State,
    blocks: readonly SignedData[],
    listener?: ExecutionListener,
  ): Promise<BlockResult[]> {
    const ms = this.#faults.blockMs();
    if (ms === 0) return this.#inner.execute(state, blocks, listener);
    if (this.#faults.isAlone()) this.#faults.onBusy(ms);
    else {
      listener?.onPause();
      await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
    }
    return this.#inner.execute(state, blocks.slice(0, 1), listener);
  }
}
