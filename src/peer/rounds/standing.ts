// How the peer stands: whether it works, whether it may vote, and what clients and operators are
// told when it can't do its part. What they are told is the truth as far as the peer knows it.

import type { State } from "../../state/state.ts";
import {
  BACKLOG_TIMEOUT_MS,
  CLOCK_SKEW_MAX_MS,
  EXECUTE_BLOCKS_MAX,
  EXECUTION_TIMEOUT_MS,
  FINALITY_TIMEOUT_MS,
  TWIN_SILENCE_MS,
  WRITE_TIMEOUT_MS,
} from "../bounds.ts";
import { type Clock, isOver } from "../clock.ts";
import { type NetworkView, Participation } from "./participation.ts";

/**
 * What a peer lacks that connections to others could give it: enough other peers; or, with a store
 * from a backup, word of what its key has signed since then, which comes first.
 */
export type Lack = "others" | "word since its backup";

/** Where the own Order stands. */
export interface OrderProgress {
  /** Blocks that are final. */
  readonly final: number;
  /** Blocks behind them. */
  readonly unfinished: number;
  /** Final blocks that are not executed. */
  readonly backlog: number;
}

export class Standing {
  readonly #clock: Clock;
  readonly #participation: Participation;
  #isClosing = false;
  /** Why this peer has stopped for good. */
  #halt: string | null = null;
  /** Why it can't write for the moment, and when it tries again. */
  #stall: { readonly reason: string; readonly untilMs: number } | null = null;
  /** Why it can't go on from where it is until it is given another Order. */
  #fork: string | null = null;
  /** Why its own key can't sign any more. */
  #silence: string | null = null;
  /** Whether its own key has signed in this process. */
  #hasVoted = false;
  /** When another process was heard of that signs with the own key, since this one has. */
  #overtakenAtMs = Number.NEGATIVE_INFINITY;
  /** Why it must not vote until it agrees with the others again. */
  #divergence: string | null = null;
  /** Milliseconds by which the clocks of others are ahead of this one, as far as is known. */
  #clockSkewMs = 0;
  /** Milliseconds by which what this peer signs is ahead of its clock. */
  #signedAheadMs = 0;
  #isVoting = false;
  #progress: OrderProgress = { final: 0, unfinished: 0, backlog: 0 };
  /** Since when blocks have waited without any becoming final, null while none waits. */
  #waitingSinceMs: number | null = null;
  /** The number of final blocks when they began to wait for execution; null while none waits. */
  #backlog: { readonly final: number; readonly sinceMs: number } | null = null;
  /** Since when the block at hand has been executed, null while none is. */
  #executingSinceMs: number | null = null;
  /** Since when the disk has been waited for, null while it is not. */
  #writingSinceMs: number | null = null;

  /** @param isRestored whether the store came from a backup */
  constructor(clock: Clock, publicKey: Uint8Array, network: NetworkView, isRestored = false) {
    this.#clock = clock;
    this.#participation = new Participation(publicKey, network, isRestored);
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }
  get isHalted(): boolean {
    return this.#halt !== null;
  }
  get isForked(): boolean {
    return this.#fork !== null;
  }
  /** When the store is tried again, null when it works. */
  get stalledUntilMs(): number | null {
    return this.#stall?.untilMs ?? null;
  }
  get progress(): OrderProgress {
    return this.#progress;
  }

  close(): void {
    this.#isClosing = true;
  }
  halt(reason: string): void {
    this.#halt = `The peer has stopped taking part in consensus: ${reason}`;
  }
  stall(reason: string, untilMs: number): void {
    // More may be said behind it, and the message of a store's error ends with a full stop.
    const words = reason.replace(/\.$/, "");
    this.#stall = { reason: `The peer can't use its store: ${words}`, untilMs };
  }
  unstall(): void {
    this.#stall = null;
  }
  fork(reason: string): void {
    this.#fork = `The peer has left consensus and looks for the way back: ${reason}`;
  }
  unfork(): void {
    this.#fork = null;
  }
  /** The own key must sign no more. */
  silence(reason: string): void {
    this.#silence = `The peer only observes: ${reason}`;
  }

  /**
   * An Order of the own key has come that this process has not signed. Before it has signed any, it
   * has listened for just that. Afterwards it means that another process has the same key, and one
   * of the two must be silent.
   */
  overtaken(): void {
    if (this.#hasVoted) this.#overtakenAtMs = this.#clock.now();
  }

  /** Why others contradict the State that this peer comes to, null when they do not. */
  diverge(reason: string | null): void {
    this.#divergence = reason;
  }
  get isDiverged(): boolean {
    return this.#divergence !== null;
  }
  skew(clockSkewMs: number): void {
    this.#clockSkewMs = clockSkewMs;
  }
  /** What this peer signs never goes back in time, whatever its clock does. */
  signsAhead(signedAheadMs: number): void {
    this.#signedAheadMs = signedAheadMs;
  }

  /** The next block is being executed from now on; with false, none is. */
  executing(isAtWork: boolean): void {
    this.#executingSinceMs = isAtWork ? this.#clock.now() : null;
  }
  /** What was done is being written from now on; with false, nothing is. */
  writing(isAtWork: boolean): void {
    this.#writingSinceMs = isAtWork ? this.#clock.now() : null;
  }
  /** Whether the execution of a block, or a write, does not come back. */
  get isHung(): boolean {
    return this.#hung() !== null;
  }

  /** Takes note of where the history is. */
  follow(progress: OrderProgress, isVoting: boolean): void {
    const hasMoved = progress.final !== this.#progress.final;
    this.#isVoting = isVoting;
    this.#hasVoted ||= isVoting;
    this.#progress = progress;
    this.#followBacklog(progress);
    if (progress.unfinished === 0) this.#waitingSinceMs = null;
    else if (hasMoved || (this.waitingMs ?? -1) < 0) this.#waitingSinceMs = this.#clock.now();
  }

  #followBacklog({ final, backlog }: OrderProgress): void {
    const isDone = this.#backlog !== null && final - backlog >= this.#backlog.final;
    if (backlog === 0) this.#backlog = null;
    else if (this.#backlog === null || isDone) {
      this.#backlog = { final, sinceMs: this.#clock.now() };
    }
  }

  /** Milliseconds for which blocks have waited without any becoming final, null without such. */
  get waitingMs(): number | null {
    return this.#waitingSinceMs === null ? null : this.#clock.now() - this.#waitingSinceMs;
  }

  /** Whether the observer may become a voter on this State. */
  mayVote(state: State): boolean {
    if (this.#silence !== null || this.isForked || this.isDiverged) return false;
    if (this.#progress.backlog > 0 || this.#twin() !== null) return false;
    return this.#participation.mayVote(state);
  }

  /** Why this peer has no say on this State at all, null when it has. */
  exclusion(state: State): string | null {
    return this.#participation.exclusion(state);
  }

  /**
   * Why it gets nowhere, as voter or observer: it has stopped, or can't write. Null when it works.
   */
  get failure(): string | null {
    return this.#halt ?? this.#stall?.reason ?? null;
  }

  /** Why nothing more is written for the time being, null when it is. */
  get impediment(): string | null {
    return this.failure ?? this.#fork;
  }

  /** Why transactions are refused with `:NETWORK` at the moment, or null when they are not. */
  obstacle(state: State): string | null {
    if (this.#isClosing) return "Peer is shutting down";
    return (
      this.failure ??
      this.#fork ??
      this.#participation.exclusion(state) ??
      this.#silence ??
      this.#twin() ??
      this.#divergence ??
      this.#wrongTime() ??
      this.#aheadOfOthers(state) ??
      this.#hung() ??
      this.#behind() ??
      this.#participation.obstacle(state) ??
      this.#unheard() ??
      this.#stuck()
    );
  }

  /** Shares of the voting weight: this peer's own, and all that can be reached with it. */
  shares(state: State): { readonly own: number; readonly reachable: number } {
    const participation = this.#participation;
    return { own: participation.ownShare(state), reachable: participation.reachableShare(state) };
  }

  /** What keeps a voter from doing its part, where that is nothing but too few others. */
  lack(state: State): Lack | null {
    const obstacle = this.obstacle(state);
    if (obstacle === null || this.exclusion(state) !== null) return null;
    const isAlone = obstacle === this.#participation.obstacle(state);
    if (!isAlone && obstacle !== this.#unheard()) return null;
    const awaitsWord = !this.#hasVoted && this.#participation.awaitsWord(state);
    return awaitsWord ? "word since its backup" : "others";
  }

  /** Why the State is not that of the network as far as can be known; null when it is. */
  staleness(state: State): string | null {
    if (this.#participation.exclusion(state) === null) return this.obstacle(state);
    return (
      this.failure ??
      this.#fork ??
      this.#divergence ??
      // A peer whose clock is ahead takes the Orders of others for old ones, and follows them.
      (this.#clockSkewMs > 0 ? this.#wrongTime() : null) ??
      this.#hung() ??
      this.#behind()
    );
  }

  #twin(): string | null {
    if (isOver(this.#overtakenAtMs, TWIN_SILENCE_MS, this.#clock.now())) return null;
    return "Another process signs with the key of this peer, which only observes meanwhile: stop one of them";
  }

  #hung(): string | null {
    const tookMs = this.#msSince(this.#executingSinceMs);
    if (tookMs >= EXECUTION_TIMEOUT_MS) {
      return `Execution of a block has not come back for ${Math.floor(tookMs / 1000)} s`;
    }
    const waitedMs = this.#msSince(this.#writingSinceMs);
    if (waitedMs < WRITE_TIMEOUT_MS) return null;
    return `The disk has not taken what was written for ${Math.floor(waitedMs / 1000)} s`;
  }

  #msSince(sinceMs: number | null): number {
    return sinceMs === null ? 0 : this.#clock.now() - sinceMs;
  }

  /** Why it counts as behind, null when it does not: every peer has a few blocks to execute. */
  #behind(): string | null {
    const { backlog } = this.#progress;
    if (this.#backlog === null) return null;
    const waitedMs = this.#clock.now() - this.#backlog.sinceMs;
    if (backlog <= EXECUTE_BLOCKS_MAX && waitedMs < BACKLOG_TIMEOUT_MS) return null;
    return `The peer is catching up: ${backlog} final blocks to execute`;
  }

  /** Orders from the future are ignored, by this peer and by others. */
  #wrongTime(): string | null {
    const seconds = Math.round(Math.abs(this.#clockSkewMs) / 1000);
    if (Math.abs(this.#clockSkewMs) < CLOCK_SKEW_MAX_MS) return null;
    const direction = this.#clockSkewMs > 0 ? "behind" : "ahead of";
    return `The clock of this machine is ${seconds} s ${direction} those of other peers: set it`;
  }

  /**
   * Why others do not count what it signs: it is ahead of their time. Null when they do, or when
   * its own share of the weight is enough.
   */
  #aheadOfOthers(state: State): string | null {
    if (this.#signedAheadMs < CLOCK_SKEW_MAX_MS) return null;
    if (this.#participation.isEnough(state)) return null;
    const seconds = Math.round(this.#signedAheadMs / 1000);
    return `The clock of this machine was set back: others count nothing that this peer signs for ${seconds} s yet`;
  }

  #unheard(): string | null {
    if (this.#isVoting) return null;
    return "The peer does not vote yet: it listens for what the network knows of it";
  }

  #stuck(): string | null {
    const waitedMs = this.waitingMs;
    if (waitedMs === null || waitedMs < FINALITY_TIMEOUT_MS) return null;
    return `No block has become final for ${Math.floor(waitedMs / 1000)} s`;
  }
}
