// Where blocks are executed. Asynchronous, so that a Worker can take the place of the main thread;
// the executor here stays on it, and lets other events in between two blocks.

import type { SignedData } from "../data/signed.ts";
import type { BlockResult } from "../state/block-result.ts";
import type { ReleaseProfile } from "../state/rules.ts";
import type { State } from "../state/state.ts";
import { applyBlock } from "../transition/apply-block.ts";
import { checkBlockSignatures } from "./block-signatures.ts";
import { EXECUTION_SLICE_MS } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import { CHECK_IN_PLACE, type SignatureChecks } from "./signature-checks.ts";

export interface Executor {
  /**
   * The results of blocks applied one after another.
   * @param onBlock called after each of them
   * @throws MissingDataError when a cell is not there: nothing has happened, and it may be tried
   *   again
   * @throws UpgradeHaltError when an upgrade is due that this software can't apply
   */
  execute(
    state: State,
    blocks: readonly SignedData[],
    onBlock?: () => void,
  ): Promise<BlockResult[]>;
}

export class LocalExecutor implements Executor {
  readonly #profile: ReleaseProfile;
  readonly #clock: Clock;
  readonly #signatures: SignatureChecks;

  /** @param signatures who checks the signatures of a block before it is applied */
  constructor(profile: ReleaseProfile, clock: Clock, signatures: SignatureChecks = CHECK_IN_PLACE) {
    this.#profile = profile;
    this.#clock = clock;
    this.#signatures = signatures;
  }

  async execute(
    state: State,
    blocks: readonly SignedData[],
    onBlock: () => void = () => {},
  ): Promise<BlockResult[]> {
    const results: BlockResult[] = [];
    let current = state;
    let sliceStart = this.#clock.now();
    let checked = this.#check(blocks[0]);
    for (const [i, block] of blocks.entries()) {
      if (checked !== null) await checked;
      // While this block is applied, the signatures of the next one are checked.
      checked = this.#check(blocks[i + 1]);
      if (this.#clock.now() - sliceStart > EXECUTION_SLICE_MS) {
        await new Promise<void>((resolve) => this.#clock.soon(resolve));
        sliceStart = this.#clock.now();
      }
      const result = applyBlock(current, block, this.#profile);
      results.push(result);
      onBlock();
      current = result.state;
    }
    return results;
  }

  #check(block: SignedData | undefined): Promise<void> | null {
    if (block === undefined || this.#signatures === CHECK_IN_PLACE) return null;
    return checkBlockSignatures(block.value, this.#signatures, this.#clock);
  }
}
