// The rounds of a running peer: proposing, merging, executing and writing, in passes that run one
// at a time. A pass makes blocks of what is queued, merges until nothing changes, executes what
// became final, writes it all in one transaction, and only then answers clients and lets the Belief
// out. Execution that takes long goes on beside further passes. What arrives meanwhile is the next
// pass's. What was only heard waits a little to be written and sent: most have heard it too, and
// what this peer says itself or executes takes it along.

import { ForkError, type PeerHistory } from "../../consensus/peer-history.ts";
import type { Belief } from "../../state/belief.ts";
import type { BlockResult } from "../../state/block-result.ts";
import type { Order } from "../../state/order.ts";
import {
  BELIEF_QUEUE_MAX,
  EXECUTE_BLOCKS_MAX,
  PROPOSAL_PAUSE_MS,
  WRITE_RETRY_MS,
} from "../bounds.ts";
import { type Clock, steadyOf } from "../clock.ts";
import { HEARSAY_AFTER_MS, RELAY_AFTER_MS } from "../network-bounds.ts";
import { peerError } from "../peer-result.ts";
import { BeliefNews } from "./belief-news.ts";
import { Concessions } from "./concessions.ts";
import { Execution } from "./execution.ts";
import { PassLoop } from "./pass-loop.ts";
import { Proposals } from "./proposals.ts";
import { RestTasks } from "./rest-tasks.ts";
import { blocksToExecute, msUntilSwitch, playRound, progressOf } from "./round.ts";
import { isHalting, isMissingOrUnsound, isPassing } from "./round-failures.ts";
import type { RoundParts } from "./round-parts.ts";

const STOPPED = "The peer is shutting down";
const CONTRADICTED = "its key has signed as final what the network contradicts";

export class Rounds {
  readonly #parts: RoundParts;
  /** For how long something takes; the time of day is for what is signed. */
  readonly #steady: Clock;
  readonly #loop: PassLoop;
  #received: Belief[] = [];
  readonly #restTasks = new RestTasks();
  /** An Order to follow instead of the own one, from the next pass on. */
  #followed: Order | null = null;
  /** Whether the network knows a later Order of this peer's key than it has signed itself. */
  #isOvertaken = false;
  /** Where the history was when it had to wait before it may vote. */
  #waitingHistory: PeerHistory | null = null;
  /** Whether a pass is due although nothing has come. */
  #isPassDue = true;
  /** Until when what was only heard may wait to be written, null when nothing waits. */
  #settleAtMs: number | null = null;
  readonly #proposals: Proposals;
  readonly #concessions: Concessions;
  readonly #execution: Execution;
  readonly #news: BeliefNews;

  constructor(parts: RoundParts) {
    this.#parts = parts;
    const { history, standing } = parts;
    this.#steady = steadyOf(parts.clock);
    this.#news = new BeliefNews(parts, this.#steady, history.written.belief);
    this.#proposals = new Proposals(parts, this.#steady);
    this.#concessions = new Concessions(this.#steady, history.guard, standing);
    this.#loop = new PassLoop(this.#steady, {
      hasWork: () => this.#read(() => this.#hasWork(), false),
      pass: () => this.#pass(),
      nextWorkMs: () => this.#read(() => this.#nextWorkMs(), null),
    });
    this.#execution = new Execution(parts.executor, standing, () => this.#loop.wake());
    this.#followProgress();
  }

  /** Whether a pass or the execution of blocks is under way. */
  get isRunning(): boolean {
    return this.#loop.isRunning || this.#execution.isUnderWay;
  }

  /** Looks for work after the events at hand. */
  wake(): void {
    this.#loop.wake();
  }

  /** Resolves when nothing is under way and no pass is due at once. */
  async settled(): Promise<void> {
    await this.#loop.settled();
    while (this.#execution.isRunning) {
      await this.#execution.idle();
      await this.#loop.settled();
    }
  }

  /** Makes no more appointments; what waits for rest is told that there will be none. */
  stop(): void {
    this.#loop.stop();
    this.#refuseRest();
  }

  /** Takes a Belief in that has been checked; the oldest one gives way when too many wait. */
  receive(belief: Belief): void {
    if (this.#received.length >= BELIEF_QUEUE_MAX) this.#received.shift();
    this.#received.push(belief);
    this.#loop.wake();
  }

  /** Takes note of an Order that the network knows under this peer's key; it has been checked. */
  learnOwn(order: Order): void {
    const { history, standing } = this.#parts;
    if (!history.guard.learn(order)) return;
    this.#isOvertaken = history.isVoting;
    standing.overtaken();
    this.reconsider();
  }

  /** Follows another Order, wherever it parts from what was executed. */
  follow(order: Order): void {
    this.#followed = order;
    this.reconsider();
  }

  /**
   * Does something once everything is on disk and nothing is under way.
   * @throws NotAtRestError when that may never be, and whatever the task throws
   */
  atRest<T>(task: () => T): Promise<T> {
    const done = this.#restTasks.add(task);
    this.#refuseRest();
    this.#loop.wake();
    return done;
  }

  /** While nothing more can be written, or ever will be, what waits for that is told so. */
  #refuseRest(): void {
    const { impediment } = this.#parts.standing;
    if (this.#loop.isStopped) this.#restTasks.refuseAll(STOPPED);
    else if (impediment !== null && !this.#mayRest()) this.#restTasks.refuseAll(impediment);
  }

  /** Has a pass decide again whose Order is followed, and whether this peer votes. */
  reconsider(): void {
    this.#isPassDue = true;
    this.#loop.wake();
  }

  /** What is read between the passes, or what holds when that fails. */
  #read<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch (error) {
      this.handleFailure(error);
      return otherwise;
    }
  }

  #hasWork(): boolean {
    const { standing, history } = this.#parts;
    if (this.#mayRest()) return true;
    if (standing.isHalted) return false;
    const { stalledUntilMs } = standing;
    if (stalledUntilMs !== null) return this.#steady.now() >= stalledUntilMs;
    if (standing.isForked) return this.#followed !== null;
    if (this.#execution.isOver) return true;
    if (this.#isEnding) return false;
    if (this.#settleAtMs !== null && this.#steady.now() >= this.#settleAtMs) return true;
    if (this.#news.dueInMs === 0) return true;
    if (this.#isSwamped) return false;
    if (history.isVoting && this.#concessions.dueInMs === 0) return true;
    return (
      this.#isPassDue ||
      this.#received.length > 0 ||
      this.#proposals.areDue ||
      this.#mayBecomeVoter()
    );
  }

  /**
   * Whether nothing more is begun, as the peer stops and nobody waits for a Result: what is final
   * and not executed may be all of a long history, which goes on after the next start.
   */
  get #isEnding(): boolean {
    const { standing, transactions } = this.#parts;
    return standing.isClosing && transactions.pending === 0;
  }

  /** Whether nothing new is begun before more is executed. */
  get #isSwamped(): boolean {
    return this.#execution.isRunning && this.#parts.standing.progress.backlog > EXECUTE_BLOCKS_MAX;
  }

  #mayRest(): boolean {
    if (!this.#restTasks.areWaiting || this.#execution.isUnderWay) return false;
    return this.#parts.history.isWritten;
  }

  #nextWorkMs(): number | null {
    const { standing, clock, transactions, history } = this.#parts;
    if (standing.isHalted || standing.isForked) return null;
    if (standing.stalledUntilMs !== null) {
      return standing.stalledUntilMs - this.#steady.now();
    }
    if (transactions.queued > 0) return PROPOSAL_PAUSE_MS;
    const waits = [
      msUntilSwitch(history.current, clock.now()),
      this.#settleAtMs === null ? null : this.#settleAtMs - this.#steady.now(),
      this.#news.dueInMs,
      history.isVoting ? this.#concessions.dueInMs : null,
    ].filter((ms) => ms !== null);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  #mayBecomeVoter(): boolean {
    const { history, standing } = this.#parts;
    if (history.isVoting || history.current === this.#waitingHistory) return false;
    return standing.mayVote(history.current.state);
  }

  async #pass(): Promise<void> {
    if (this.#mayRest()) {
      this.#restTasks.runAll();
      return;
    }
    const beganAt = this.#steady.now();
    try {
      await this.#work();
    } catch (error) {
      this.handleFailure(error);
    }
    this.#passed(beganAt);
  }

  async #work(): Promise<void> {
    const { standing } = this.#parts;
    // Who waits for what was executed does not wait for what is executed next.
    if (this.#takeExecuted()) await this.#settle();
    // After a failed write nothing new is begun before the old is on disk.
    if (standing.stalledUntilMs === null) {
      this.#advance();
      const execution = this.#execute();
      if (execution !== null) {
        await execution;
        this.#takeExecuted();
      }
    }
    await this.#settle();
    standing.unstall();
  }

  #passed(beganAt: number): void {
    this.#read(() => {
      this.#followProgress();
      this.#parts.onPass();
    }, undefined);
    this.#proposals.worked(this.#steady.now() - beganAt);
  }

  #followProgress(): void {
    const { history, standing } = this.#parts;
    if (standing.isHalted || standing.isForked) return;
    standing.follow(progressOf(history.current), history.isVoting);
    if (standing.progress.backlog > 0 && !this.#execution.isUnderWay) this.#isPassDue = true;
  }

  /** Takes sides, then proposes and merges, unless too many blocks wait to be executed. */
  #advance(): void {
    const { history, clock, standing } = this.#parts;
    this.#isPassDue = false;
    this.#takeSides();
    const { backlog } = progressOf(history.current);
    if (backlog > (this.#execution.isUnderWay ? EXECUTE_BLOCKS_MAX : 0)) return;
    const peer = history.current.withTimestamp(clock.now());
    const merged = this.#merge(this.#proposals.areDue ? this.#proposals.make(peer) : peer);
    const next = this.#concessions.apply(merged, history.isVoting);
    // Time alone is nothing to write down.
    if (next !== peer) history.advance(next);
    if (standing.isForked) standing.unfork();
  }

  /** Decides whether to vote or to observe, and which Order to follow. */
  #takeSides(): void {
    const { history, standing, clock } = this.#parts;
    if (this.#isOvertaken || standing.isDiverged) {
      this.#isOvertaken = false;
      history.observe();
    }
    if (this.#followed !== null) {
      history.follow(this.#followed);
      this.#followed = null;
      standing.unfork();
      standing.follow(progressOf(history.current), history.isVoting);
    }
    if (!this.#mayBecomeVoter()) return;
    const outcome = history.vote(clock.now());
    if (outcome === "waiting") this.#waitingHistory = history.current;
    if (outcome === "contradicted") standing.silence(CONTRADICTED);
  }

  /** Merges what was received; when that can't be read, as if nothing had been. */
  #merge(peer: PeerHistory): PeerHistory {
    const received = this.#received;
    this.#received = [];
    try {
      return playRound(peer, received);
    } catch (error) {
      if (received.length === 0 || !isMissingOrUnsound(error)) throw error;
      return playRound(peer, []);
    }
  }

  /**
   * Begins with what is final; resolves when that is done, or takes long. Null when there is
   * nothing to begin with.
   */
  #execute(): Promise<void> | null {
    if (this.#execution.isUnderWay || this.#restTasks.areWaiting || this.#isEnding) return null;
    const { current, written } = this.#parts.history;
    // First others hear what was taken back: they would not see it where as much is executed anew.
    if (current.position < written.position) return null;
    const blocks = blocksToExecute(current, EXECUTE_BLOCKS_MAX);
    return blocks.length === 0 ? null : this.#execution.begin(current, blocks);
  }

  /** Goes on to the State after what was executed; false when nothing was. */
  #takeExecuted(): boolean {
    const { history, executed, transactions } = this.#parts;
    const current = history.current;
    const done = this.#execution.take(current);
    if (done === null) return false;
    done.blocks.forEach((block, i) => {
      executed.add(block, done.results[i] as BlockResult, current.position + i, transactions);
    });
    history.advance(current.withExecuted(done.results));
    return true;
  }

  /** Makes durable what was done, then lets it out. */
  async #settle(): Promise<void> {
    const { history, executed, transactions, standing } = this.#parts;
    this.#news.tellDue();
    if (!history.isWritten && this.#mayWait()) return;
    this.#settleAtMs = null;
    if (history.isWritten) return;
    standing.writing(true);
    await history.write(executed.positions).finally(() => standing.writing(false));
    executed.deliver(transactions);
    if (!this.#execution.isUnderWay) history.unpin();
    this.#news.wrote(history.written.belief);
  }

  /** Whether there is nothing to make durable yet but Orders of others. */
  #mayWait(): boolean {
    const { history, isRelay } = this.#parts;
    if (!history.isHearsay || this.#restTasks.areWaiting) return false;
    const now = this.#steady.now();
    this.#settleAtMs ??= now + (isRelay() ? RELAY_AFTER_MS : HEARSAY_AFTER_MS);
    return now < this.#settleAtMs;
  }

  /**
   * Deals with a failure that is no mistake of ours, in a pass or outside. A disk that is full may
   * have room later; a fork, an upgrade that this software lacks and a damaged store stop the
   * peer's part in consensus, not the process. Out of a fork others may lead.
   * @throws the error, when it is none of these
   */
  handleFailure(error: unknown): void {
    const { standing, transactions, history, hasNetwork, onFailure } = this.#parts;
    const isNews = standing.impediment === null;
    if (standing.isHalted && isHalting(error)) return;
    if (isPassing(error)) {
      this.#isPassDue = true;
      standing.stall(error.message, this.#steady.now() + WRITE_RETRY_MS);
      this.#loop.wake();
    } else if (error instanceof ForkError && hasNetwork) {
      history.observe();
      this.#execution.drop();
      standing.fork(error.message);
      transactions.settleAll(peerError("NETWORK", error.message));
    } else if (isHalting(error)) {
      this.#execution.drop();
      standing.halt(error.message);
      transactions.settleAll(peerError("NETWORK", error.message));
    } else {
      throw error;
    }
    if (isNews || standing.isHalted) onFailure(error);
    this.#refuseRest();
  }
}
