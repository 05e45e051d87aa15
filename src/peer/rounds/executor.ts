// Where blocks are executed. Asynchronous, so that a Worker can take the place of the main thread;
// the executor here stays on it, and lets other events in between two transactions.

import type { SignedData } from "../../data/signed.ts";
import { Block } from "../../state/block.ts";
import type { BlockResult } from "../../state/block-result.ts";
import type { ReleaseProfile } from "../../state/rules.ts";
import type { State } from "../../state/state.ts";
import { applyBlockInSteps } from "../../transition/apply-block.ts";
import { EXECUTE_BLOCKS_MS, EXECUTION_SLICE_MS, SIGNATURE_GATHER_MAX } from "../bounds.ts";
import type { Clock } from "../clock.ts";
import { checkBlockSignatures } from "../signatures/block-signatures.ts";
import { type BlockSignatureChecks, CHECK_IN_PLACE } from "../signatures/signature-checks.ts";

/** Who hears how execution gets on. */
export interface ExecutionListener {
  /** A block has been executed. */
  readonly onBlock: () => void;
  /** Other events get their turn. */
  readonly onPause: () => void;
}

const NOBODY: ExecutionListener = { onBlock: () => {}, onPause: () => {} };

export interface Executor {
  /**
   * The results of blocks applied one after another: of the first at least, and of no further ones
   * when their time is over.
   * @throws MissingDataError when a cell is not there: nothing has happened, and it may be tried
   * again
   * @throws UpgradeHaltError when an upgrade is due that this software can't apply
   */
  execute(
    state: State,
    blocks: readonly SignedData[],
    listener?: ExecutionListener,
  ): Promise<BlockResult[]>;
}

export class LocalExecutor implements Executor {
  readonly #profile: ReleaseProfile;
  readonly #clock: Clock;
  readonly #signatures: BlockSignatureChecks;

  /** @param signatures who checks the signatures of a block before it is applied */
  constructor(
    profile: ReleaseProfile,
    clock: Clock,
    signatures: BlockSignatureChecks = CHECK_IN_PLACE,
  ) {
    this.#profile = profile;
    this.#clock = clock;
    this.#signatures = signatures;
  }

  async execute(
    state: State,
    blocks: readonly SignedData[],
    listener: ExecutionListener = NOBODY,
  ): Promise<BlockResult[]> {
    const clock = this.#clock;
    const results: BlockResult[] = [];
    let current = state;
    const begunAt = clock.now();
    const pauses = new Pauses(clock, listener.onPause);
    const groups = groupsOf(blocks);
    let checked = this.#check(groups[0]);
    for (const [i, group] of groups.entries()) {
      if (checked !== null) await checked;
      // While these blocks are applied, the signatures of the next ones are checked.
      checked = this.#check(groups[i + 1]);
      for (const block of group) {
        const steps = applyBlockInSteps(current, block, this.#profile);
        let step = steps.next();
        while (step.done !== true) {
          if (pauses.areDue) await pauses.pause();
          step = steps.next();
        }
        results.push(step.value);
        listener.onBlock();
        current = step.value.state;
        if (clock.now() - begunAt > EXECUTE_BLOCKS_MS) return results;
      }
    }
    return results;
  }

  #check(blocks: readonly SignedData[] | undefined): Promise<void> | null {
    if (blocks === undefined || this.#signatures === CHECK_IN_PLACE) return null;
    const values = blocks.map((signed) => signed.value);
    return checkBlockSignatures(values, this.#signatures);
  }
}

/** Blocks whose signatures are checked together: until they hold as many as are worth it. */
function groupsOf(blocks: readonly SignedData[]): SignedData[][] {
  const groups: SignedData[][] = [];
  let count = SIGNATURE_GATHER_MAX;
  for (const signed of blocks) {
    if (count >= SIGNATURE_GATHER_MAX) {
      groups.push([]);
      count = 0;
    }
    groups[groups.length - 1]?.push(signed);
    const { value } = signed;
    count += value instanceof Block ? (value.transactions?.count ?? 0) : 0;
  }
  return groups;
}

/** When others have their turn on the main thread. */
class Pauses {
  readonly #clock: Clock;
  readonly #onPause: () => void;
  #beganAt: number;

  constructor(clock: Clock, onPause: () => void) {
    this.#clock = clock;
    this.#onPause = onPause;
    this.#beganAt = clock.now();
  }

  get areDue(): boolean {
    return this.#clock.now() - this.#beganAt > EXECUTION_SLICE_MS;
  }

  async pause(): Promise<void> {
    this.#onPause();
    await new Promise<void>((resolve) => this.#clock.soon(resolve));
    this.#beganAt = this.#clock.now();
  }
}
