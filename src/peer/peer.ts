// The running peer: intake, consensus, execution and store, wired together. It works in passes:
// make blocks of what is queued, merge until nothing changes, execute what became final, write it
// all in one transaction, and only then answer clients and let the Belief out. One pass runs at a
// time; what arrives meanwhile is the next one's.

import { ForkError, type PeerHistory } from "../consensus/peer-history.ts";
import { pointsOf } from "../consensus/points.ts";
import type { KeyPair } from "../crypto/ed25519.ts";
import type { Address } from "../data/address.ts";
import { type Cell, type CellSource, MissingDataError, type Value } from "../data/cell.ts";
import { hashBytes, hashKey } from "../data/encode.ts";
import { BadStructureError } from "../data/errors.ts";
import type { SignedData } from "../data/signed.ts";
import type { Belief } from "../state/belief.ts";
import type { Block } from "../state/block.ts";
import { BlockResult } from "../state/block-result.ts";
import type { Result } from "../state/result.ts";
import { PROFILE_0_8_5, type ReleaseProfile, UpgradeHaltError } from "../state/rules.ts";
import type { State } from "../state/state.ts";
import { CELL_CACHE_MB } from "../store/cell-cache.ts";
import { type Position, type Store, StoreError } from "../store/store.ts";
import { refusalOf } from "./admission.ts";
import { makeBlocks, mayPropose } from "./block-maker.ts";
import { BELIEF_QUEUE_MAX, PROPOSAL_PAUSE_MS, WRITE_RETRY_MS } from "./bounds.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { DurableHistory } from "./durable-history.ts";
import { ExecutedTransactions } from "./executed-transactions.ts";
import { type Executor, LocalExecutor } from "./executor.ts";
import { ALONE, type NetworkView, Participation } from "./participation.ts";
import { PassLoop } from "./pass-loop.ts";
import type { PeerApi, PeerStatusReport } from "./peer-api.ts";
import { peerError } from "./peer-result.ts";
import { runQuery } from "./queries.ts";
import { RememberedCells } from "./remembered-cells.ts";
import { blocksToExecute, playRound, unfinishedBlocks } from "./round.ts";
import { TRANSACTION_LIMITS, type TransactionLimits, Transactions } from "./transactions.ts";

export interface PeerOptions {
  readonly store: Store;
  readonly keyPair: KeyPair;
  /** State to begin with on an empty store; any other store must have begun with the same. */
  readonly genesis: State | null;
  readonly profile?: ReleaseProfile;
  readonly clock?: Clock;
  readonly network?: NetworkView;
  readonly executor?: Executor;
  readonly limits?: TransactionLimits;
  /** Memory for the cells of the State and the history. */
  readonly cacheMegabytes?: number;
  /** Called with each new Belief once it is on disk. */
  readonly publish?: (belief: Belief) => void;
}

export class Peer implements PeerApi {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #keyPair: KeyPair;
  readonly #profile: ReleaseProfile;
  readonly #executor: Executor;
  readonly #publish: (belief: Belief) => void;
  readonly #history: DurableHistory;
  readonly #participation: Participation;
  readonly #remembered: RememberedCells;
  readonly #transactions: Transactions;
  readonly #executed: ExecutedTransactions;
  readonly #loop: PassLoop;
  #received: Belief[] = [];
  #lastProposalMs = Number.NEGATIVE_INFINITY;
  /** Why this peer has stopped for good. */
  #halt: string | null = null;
  /** Why it can't write for the moment, and when it tries again. */
  #stall: { readonly reason: string; readonly untilMs: number } | null = null;
  /** Whether a pass is due although nothing has come. */
  #isRestless = true;
  #isClosing = false;

  /**
   * The peer of a store, where it was when the store was last written; a new one on an empty store.
   * @throws StoreError when the store is another peer's or network's, or can't be written
   */
  constructor(options: PeerOptions) {
    const { store, keyPair, genesis, clock = SYSTEM_CLOCK, profile = PROFILE_0_8_5 } = options;
    this.#store = store;
    this.#clock = clock;
    this.#keyPair = keyPair;
    this.#profile = profile;
    this.#executor = options.executor ?? new LocalExecutor(profile, clock);
    this.#publish = options.publish ?? (() => {});
    const cacheBytes = (options.cacheMegabytes ?? CELL_CACHE_MB) * 2 ** 20;
    this.#history = new DurableHistory(store, keyPair, genesis, cacheBytes);
    this.#participation = new Participation(keyPair.publicKey, options.network ?? ALONE);
    this.#remembered = new RememberedCells(store);
    this.#transactions = new Transactions(clock, options.limits ?? TRANSACTION_LIMITS);
    this.#executed = new ExecutedTransactions(store);
    this.#loop = new PassLoop(clock, {
      hasWork: () => this.#hasWork(),
      pass: () => this.#pass(),
      nextWorkMs: () => this.#nextWorkMs(),
    });
    this.#loop.wake();
  }

  get publicKey(): Uint8Array {
    return this.#keyPair.publicKey;
  }

  /** Remembered cells and, behind them, those of the store. */
  get cells(): CellSource {
    return this.#remembered;
  }

  get belief(): Belief {
    return this.#history.written.belief;
  }

  /** Number of blocks executed and on disk. */
  get position(): number {
    return this.#history.written.position;
  }

  /** Numbers of transactions that wait for a block, and for their Result. */
  get load(): { readonly queued: number; readonly pending: number } {
    return { queued: this.#transactions.queued, pending: this.#transactions.pending };
  }

  state(): State {
    return this.#history.written.state;
  }

  status(): PeerStatusReport {
    const { record, order } = this.#history.written;
    return {
      belief: hashBytes(record.belief),
      genesis: hashBytes(record.genesis),
      peer: this.publicKey,
      state: hashBytes(record.state),
      points: order === null ? [0, 0, 0, 0] : pointsOf(order),
    };
  }

  /** Why transactions are refused with `:NETWORK` at the moment, or null when they are not. */
  obstacle(): string | null {
    if (this.#isClosing) return "Peer is shutting down";
    return this.#halt ?? this.#stall?.reason ?? this.#participation.obstacle(this.state());
  }

  remember(cell: Cell): void {
    this.#remembered.remember(cell);
  }

  /** Place of a signed transaction in the Order, or of a signed block, by hash key. */
  positionOf(hash: string): Position | null {
    return this.#store.position(hash);
  }

  /** The signed block at a position of the own Order, null beyond its end. */
  block(position: number): SignedData | null {
    const { written } = this.#history;
    return position < (written.order?.blocks.count ?? 0) ? written.blockAt(position) : null;
  }

  /** What the block at a position gave, null when it is not executed. */
  blockResult(position: number): BlockResult | null {
    const { results } = this.#history.written.record;
    const result = position < results.count ? results.get(position) : null;
    return result instanceof BlockResult ? result : null;
  }

  async query(form: Value, address: Address | null): Promise<Result> {
    try {
      const result = runQuery(this.state(), form, address, this.#profile);
      if (!this.#loop.isRunning) this.#history.unpin();
      return result;
    } catch (error) {
      this.#stumble(error);
      return peerError("EXCEPTION", "The peer can't read its store");
    }
  }

  async submit(signed: SignedData): Promise<Result> {
    const obstacle = this.obstacle();
    if (obstacle !== null) return peerError("NETWORK", obstacle);
    try {
      const isKnown = this.#transactions.isPending(hashKey(signed));
      const refusal = isKnown ? null : refusalOf(signed, this.state(), this.#store);
      if (refusal !== null) return refusal;
    } catch (error) {
      this.#stumble(error);
      return peerError("NETWORK", "The peer can't read its store");
    }
    const result = this.#transactions.add(signed);
    this.#loop.wake();
    return result;
  }

  /** Takes a Belief in that has been checked; the oldest one gives way when too many wait. */
  receive(belief: Belief): void {
    if (this.#received.length >= BELIEF_QUEUE_MAX) this.#received.shift();
    this.#received.push(belief);
    this.#loop.wake();
  }

  /** Resolves when nothing is under way and nothing is due at once. */
  settled(): Promise<void> {
    return this.#loop.settled();
  }

  /**
   * Stops taking transactions in, finishes what is under way, and answers all who still wait. The
   * store stays open.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#loop.settled();
    this.#loop.stop();
    this.#transactions.settleAll(peerError("NETWORK", "Peer is shutting down"));
  }

  #hasWork(): boolean {
    if (this.#halt !== null) return false;
    if (this.#stall !== null) return this.#clock.now() >= this.#stall.untilMs;
    return this.#isRestless || this.#received.length > 0 || this.#mayPropose();
  }

  #nextWorkMs(): number | null {
    if (this.#halt !== null) return null;
    if (this.#stall !== null) return this.#stall.untilMs - this.#clock.now();
    return this.#transactions.queued > 0 ? PROPOSAL_PAUSE_MS : null;
  }

  #mayPropose(): boolean {
    return mayPropose({
      queued: this.#transactions.queued,
      unfinished: unfinishedBlocks(this.#history.current),
      sinceLastMs: this.#clock.now() - this.#lastProposalMs,
    });
  }

  async #pass(): Promise<void> {
    try {
      // After a failed write nothing new is begun before the old is on disk.
      if (this.#stall === null) this.#advance();
      await this.#execute();
      this.#settle();
      this.#stall = null;
    } catch (error) {
      this.#stumble(error);
    }
  }

  /** Proposes what is queued, and merges. */
  #advance(): void {
    this.#isRestless = false;
    const peer = this.#history.current.withTimestamp(this.#clock.now());
    const next = this.#merge(this.#mayPropose() ? this.#propose(peer) : peer);
    // Time alone is nothing to write down.
    if (next !== peer) this.#history.advance(next);
  }

  /** Merges what was received; when that can't be read, as if nothing had been. */
  #merge(peer: PeerHistory): PeerHistory {
    const received = this.#received;
    this.#received = [];
    try {
      return playRound(peer, received);
    } catch (error) {
      if (received.length === 0 || !isUnreadable(error)) throw error;
      return playRound(peer, []);
    }
  }

  #propose(peer: PeerHistory): PeerHistory {
    this.#lastProposalMs = this.#clock.now();
    const blocks = makeBlocks(this.#transactions, this.#keyPair, peer.timestamp);
    const proposed = peer.proposeBlocks(blocks);
    if (proposed === peer) this.#refuse(blocks);
    return proposed;
  }

  /** The guard did not sign the Order with these blocks. */
  #refuse(blocks: readonly SignedData[]): void {
    const result = peerError("PEER", `Block production failed: ${this.#history.guard.refusal}`);
    for (const block of blocks) {
      for (const signed of (block.value as Block).transactions ?? []) {
        this.#transactions.settle(hashKey(signed), result);
      }
    }
  }

  async #execute(): Promise<void> {
    const { current } = this.#history;
    const blocks = blocksToExecute(current);
    if (blocks.length === 0) return;
    const results = await this.#executor.execute(current.state, blocks);
    blocks.forEach((block, i) => {
      const result = results[i] as BlockResult;
      this.#executed.add(block, result, current.position + i, this.#transactions);
    });
    this.#history.advance(current.withExecuted(results));
  }

  /** Makes durable what was done, then lets it out. */
  #settle(): void {
    if (this.#history.isWritten) return;
    const before = this.#history.written.belief;
    this.#history.write(this.#executed.positions);
    this.#executed.deliver(this.#transactions);
    this.#history.unpin();
    const { belief } = this.#history.written;
    if (hashKey(belief) !== hashKey(before)) this.#publish(belief);
  }

  /**
   * After an error of the world around, not of ours: a disk that is full may have room later; a
   * fork, an upgrade that this software lacks and a damaged store stop the peer's part in
   * consensus, not the process.
   */
  #stumble(error: unknown): void {
    if (error instanceof StoreError && (error.code === "FULL" || error.code === "IO")) {
      this.#isRestless = true;
      const untilMs = this.#clock.now() + WRITE_RETRY_MS;
      this.#stall = { reason: `The peer can't use its store: ${error.message}`, untilMs };
      this.#loop.wake();
    } else if (isHalting(error)) {
      this.#halt = `The peer has stopped taking part in consensus: ${error.message}`;
      this.#transactions.settleAll(peerError("NETWORK", this.#halt));
    } else {
      throw error;
    }
  }
}

/** Cells of others that are missing or are not what they should be. */
function isUnreadable(error: unknown): boolean {
  return error instanceof MissingDataError || error instanceof BadStructureError;
}

function isHalting(error: unknown): error is Error {
  return (
    error instanceof ForkError ||
    error instanceof StoreError ||
    error instanceof UpgradeHaltError ||
    error instanceof MissingDataError
  );
}
