// Final blocks on their way through the executor. While execution takes long the rounds go on, as
// in the reference: Beliefs are merged and sent, and the results count if the Order then still has
// the blocks.

import type { PeerHistory } from "../../consensus/peer-history.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import type { SignedData } from "../../data/signed.ts";
import type { BlockResult } from "../../state/block-result.ts";
import type { Order } from "../../state/order.ts";
import type { Executor } from "./executor.ts";
import type { Standing } from "./standing.ts";

/** Blocks that were executed, and the result of each. */
export interface Executed {
  readonly blocks: readonly SignedData[];
  readonly results: readonly BlockResult[];
}

/** One execution: where it began, and how it ended. */
interface Run {
  readonly from: PeerHistory;
  readonly blocks: readonly SignedData[];
  results: readonly BlockResult[] | null;
  error: unknown;
  isOver: boolean;
}

/** One run at a time: the next one begins when the last one's results are taken or dropped. */
export class Execution {
  readonly #executor: Executor;
  readonly #standing: Standing;
  readonly #onOver: () => void;
  #run: Run | null = null;
  /** Whether the results of the run are not to be taken. */
  #isDropped = false;
  #idle: (() => void)[] = [];

  /** @param onOver called when execution is over that others did not wait for */
  constructor(executor: Executor, standing: Standing, onOver: () => void) {
    this.#executor = executor;
    this.#standing = standing;
    this.#onOver = onOver;
  }

  /** Whether blocks are being executed, or their results have not been taken. */
  get isUnderWay(): boolean {
    return this.#run !== null;
  }

  /** Whether there are results to take. */
  get isOver(): boolean {
    return this.#run?.isOver === true;
  }

  /** Whether blocks are being executed. */
  get isRunning(): boolean {
    return this.#run?.isOver === false;
  }

  /** Begins, and resolves when it is over or others get their turn, whichever is first. */
  begin(from: PeerHistory, blocks: readonly SignedData[]): Promise<void> {
    const run: Run = { from, blocks, results: null, error: null, isOver: false };
    this.#run = run;
    this.#standing.executing(true);
    return new Promise((resolve) => {
      let isAwaited = true;
      const progress = () => this.#standing.executing(true);
      const onPause = () => {
        progress();
        isAwaited = false;
        resolve();
      };
      const end = () => {
        run.isOver = true;
        this.#standing.executing(false);
        if (this.#isDropped) this.#clear();
        for (const heard of this.#idle.splice(0)) heard();
        if (isAwaited) resolve();
        else this.#onOver();
      };
      this.#executor.execute(from.state, blocks, { onBlock: progress, onPause }).then(
        (results) => {
          run.results = results;
          end();
        },
        (error) => {
          run.error = error;
          end();
        },
      );
    });
  }

  /**
   * Takes what was executed, null when there is nothing that fits where the history is now.
   * @throws whatever execution has raised
   */
  take(current: PeerHistory): Executed | null {
    const run = this.#run;
    if (run?.isOver !== true) return null;
    this.#clear();
    if (run.results === null) throw run.error;
    const { from, blocks, results } = run;
    if (current.position !== from.position || current.state !== from.state) return null;
    const end = from.position + results.length;
    if (blocksInCommon(from.order, current.order) < end) return null;
    return { blocks: blocks.slice(0, results.length), results };
  }

  /** The results of what is under way are not to be taken. */
  drop(): void {
    if (this.isOver) this.#clear();
    else this.#isDropped = this.#run !== null;
  }

  /** Resolves when no blocks are being executed. */
  idle(): Promise<void> {
    if (!this.isRunning) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #clear(): void {
    this.#run = null;
    this.#isDropped = false;
  }
}

function blocksInCommon(a: Order | null, b: Order | null): number {
  return a === null || b === null ? 0 : commonPrefixLength(a.blocks, b.blocks);
}
