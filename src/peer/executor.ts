// Where blocks are executed. Asynchronous, so that a Worker can take the place of the main thread;
// the executor here stays on it, and lets other events in between two blocks.

import type { SignedData } from "../data/signed.ts";
import type { BlockResult } from "../state/block-result.ts";
import type { ReleaseProfile } from "../state/rules.ts";
import type { State } from "../state/state.ts";
import { applyBlock } from "../transition/apply-block.ts";
import { EXECUTION_SLICE_MS } from "./bounds.ts";
import type { Clock } from "./clock.ts";

export interface Executor {
  /**
   * The results of blocks applied one after another.
   * @throws MissingDataError when a cell is not there: nothing has happened, and it may be tried
   *   again
   * @throws UpgradeHaltError when an upgrade is due that this software can't apply
   */
  execute(state: State, blocks: readonly SignedData[]): Promise<BlockResult[]>;
}

export class LocalExecutor implements Executor {
  readonly #profile: ReleaseProfile;
  readonly #clock: Clock;

  constructor(profile: ReleaseProfile, clock: Clock) {
    this.#profile = profile;
    this.#clock = clock;
  }

  async execute(state: State, blocks: readonly SignedData[]): Promise<BlockResult[]> {
    const results: BlockResult[] = [];
    let current = state;
    let sliceStart = this.#clock.now();
    for (const block of blocks) {
      if (this.#clock.now() - sliceStart > EXECUTION_SLICE_MS) {
        await new Promise<void>((resolve) => this.#clock.soon(resolve));
        sliceStart = this.#clock.now();
      }
      const result = applyBlock(current, block, this.#profile);
      results.push(result);
      current = result.state;
    }
    return results;
  }
}
