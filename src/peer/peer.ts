// The running peer as its surfaces see it: transactions and queries go in, Results come out, and
// the rounds of consensus (rounds.ts) do the work.

import type { BeliefMerge } from "../consensus/merge.ts";
import { pointsOf } from "../consensus/points.ts";
import type { KeyPair } from "../crypto/ed25519.ts";
import type { Address } from "../data/address.ts";
import type { Cell, CellSource, Value } from "../data/cell.ts";
import { hashBytes } from "../data/encode.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import type { SignedData } from "../data/signed.ts";
import type { Belief } from "../state/belief.ts";
import { BlockResult } from "../state/block-result.ts";
import type { Order } from "../state/order.ts";
import type { Result } from "../state/result.ts";
import { PROFILE_0_8_5, type ReleaseProfile } from "../state/rules.ts";
import type { State } from "../state/state.ts";
import { CELL_CACHE_MB } from "../store/cell-cache.ts";
import type { Position, Store } from "../store/store.ts";
import type { FormOrigin } from "../transition/apply-transaction.ts";
import { REMEMBERED_BYTES_MAX } from "./bounds.ts";
import { runQuery } from "./clients/queries.ts";
import { RememberedCells } from "./clients/remembered-cells.ts";
import { Submissions } from "./clients/submissions.ts";
import {
  TRANSACTION_LIMITS,
  type TransactionLimits,
  Transactions,
} from "./clients/transactions.ts";
import { type Clock, SYSTEM_CLOCK, steadyOf } from "./clock.ts";
import { DurableHistory, type JoinedBelief } from "./history/durable-history.ts";
import { HistoryUpkeep } from "./history/history-upkeep.ts";
import { isPlacedAt } from "./history/placed.ts";
import type { PeerApi, PeerStatusReport } from "./peer-api.ts";
import { peerError } from "./peer-result.ts";
import { ExecutedTransactions } from "./rounds/executed-transactions.ts";
import { type Executor, LocalExecutor } from "./rounds/executor.ts";
import { ALONE, type NetworkView } from "./rounds/participation.ts";
import { Rounds } from "./rounds/rounds.ts";
import { type Lack, type OrderProgress, Standing } from "./rounds/standing.ts";
import { CHECK_IN_PLACE, type SignatureChecks } from "./signatures/signature-checks.ts";

export interface PeerOptions {
  readonly store: Store;
  readonly keyPair: KeyPair;
  /** State to begin with on an empty store; any other store must have begun with the same. */
  readonly genesis: State | null;
  /** What a sync has brought, for an empty store. */
  readonly joined?: JoinedBelief | null;
  readonly profile?: ReleaseProfile;
  readonly clock?: Clock;
  readonly network?: NetworkView;
  /** Cells that have come with messages and may be named by others; the store is behind them. */
  readonly received?: CellSource;
  readonly executor?: Executor;
  /**
   * Where signatures of transactions are checked that do not come by message; in place when absent.
   */
  readonly apiSignatures?: SignatureChecks;
  /** How Beliefs are merged, when not as the network does: for simulations. */
  readonly merge?: BeliefMerge;
  readonly limits?: TransactionLimits;
  /** Juice that a query may have; left out: as much as a transaction. */
  readonly queryJuiceMax?: number;
  /** Memory for the cells of the State and the history. */
  readonly cacheMegabytes?: number;
  /** How long States and Results of executed blocks are kept, in ms; null for ever. */
  readonly historyMs?: number | null;
  /** Called with each new Belief once it is on disk. */
  readonly publish?: (belief: Belief) => void;
  /** Whether somebody may depend on this peer to hear what others say. */
  readonly isRelay?: () => boolean;
  /** Hears of what keeps the peer from its part, once until it works again. */
  readonly onFailure?: (error: Error) => void;
  /** Called after each pass, also one that came to nothing new. */
  readonly onPass?: () => void;
}

const STALE = Keyword.of("stale");

export class Peer implements PeerApi {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #keyPair: KeyPair;
  readonly #profile: ReleaseProfile;
  readonly #history: DurableHistory;
  readonly #standing: Standing;
  readonly #remembered: RememberedCells;
  readonly #transactions: Transactions;
  readonly #rounds: Rounds;
  readonly #submissions: Submissions;
  readonly #queryJuiceMax: number | undefined;
  readonly #passListeners = new Set<() => void>();
  /** How its store is looked after, null for one in memory. */
  readonly upkeep: HistoryUpkeep | null;

  /**
   * The peer of a store, where it was when the store was last written; a new one on an empty store.
   * @throws StoreError when the store is another peer's or network's, or can't be written
   */
  constructor(options: PeerOptions) {
    const { store, keyPair, genesis, clock = SYSTEM_CLOCK, profile = PROFILE_0_8_5 } = options;
    const { network = ALONE, joined = null } = options;
    const steady = steadyOf(clock);
    this.#store = store;
    this.#clock = clock;
    this.#keyPair = keyPair;
    this.#profile = profile;
    this.#queryJuiceMax = options.queryJuiceMax;
    const cacheBytes = (options.cacheMegabytes ?? CELL_CACHE_MB) * 2 ** 20;
    const start = genesis === null ? null : { genesis, joined };
    this.#history = new DurableHistory(store, keyPair, start, cacheBytes, options.merge);
    this.#standing = new Standing(steady, keyPair.publicKey, network, this.#history.isRestored);
    // A peer that makes blocks final by itself need not hear anybody before it votes.
    if (this.#standing.mayVote(this.#history.current.state)) this.#history.vote(clock.now());
    this.#history.establish();
    this.#remembered = new RememberedCells(store, REMEMBERED_BYTES_MAX, options.received);
    const { limits = TRANSACTION_LIMITS } = options;
    this.#transactions = new Transactions(steady, limits);
    this.#rounds = new Rounds({
      clock,
      keyPair,
      history: this.#history,
      standing: this.#standing,
      transactions: this.#transactions,
      executed: new ExecutedTransactions(store, keyPair.publicKey, (position) =>
        this.#history.blockAt(position),
      ),
      executor: options.executor ?? new LocalExecutor(profile, steady),
      hasNetwork: network !== ALONE,
      publish: options.publish ?? (() => {}),
      isRelay: options.isRelay ?? (() => false),
      onFailure: options.onFailure ?? (() => {}),
      onPass: () => {
        options.onPass?.();
        for (const listener of this.#passListeners) listener();
      },
    });
    const { apiSignatures = CHECK_IN_PLACE } = options;
    this.#submissions = new Submissions(steady, apiSignatures, {
      store,
      transactions: this.#transactions,
      checkedMax: limits.queueMax,
      state: () => this.state(),
      obstacle: () => this.obstacle(),
      wake: () => this.#rounds.wake(),
      handleFailure: (error) => this.#rounds.handleFailure(error),
    });
    const { upkeep } = store;
    const parts = { clock, history: this.#history, historyMs: options.historyMs ?? null };
    const atRest = <T>(task: () => T) => this.#rounds.atRest(task);
    this.upkeep = upkeep === null ? null : new HistoryUpkeep({ ...parts, upkeep, atRest });
    this.#rounds.wake();
  }

  get publicKey(): Uint8Array {
    return this.#keyPair.publicKey;
  }

  /** Remembered cells and, behind them, received ones and those of the store. */
  get cells(): CellSource {
    return this.#remembered;
  }

  /** The Belief that is on disk: what others may have. */
  get belief(): Belief {
    return this.#history.written.belief;
  }

  /** The Belief that the next merge starts from. */
  get currentBelief(): Belief {
    return this.#history.current.belief;
  }

  /** The Order that this peer goes by: its own, or while it only observes the observer's. */
  get order(): Order | null {
    return this.#history.current.order;
  }

  /** The latest Order under this peer's own key, null before the first. */
  get lastOwnOrder(): Order | null {
    return this.#history.guard.last;
  }

  /** Number of blocks executed and on disk. */
  get position(): number {
    return this.#history.written.position;
  }

  /** Where the Order stands, and how much of it is to be executed. */
  get progress(): OrderProgress {
    return this.#standing.progress;
  }

  /** Whether this peer's own key signs its Orders. */
  get isVoting(): boolean {
    return this.#history.isVoting;
  }

  /** Whether it has stopped for good. */
  get isHalted(): boolean {
    return this.#standing.isHalted;
  }

  /** Whether the execution of a block, or a write, does not come back. */
  get isHung(): boolean {
    return this.#standing.isHung;
  }

  /**
   * Why it gets nowhere, as voter or observer: it has stopped, or can't write. Null when it works.
   */
  get failure(): string | null {
    return this.#standing.failure;
  }

  /** Whether it has left consensus and needs an Order to follow. */
  get isForked(): boolean {
    return this.#standing.isForked;
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
    return this.#standing.obstacle(this.state());
  }

  /** Why this peer has no say in consensus whoever listens (an observer), null when it has. */
  exclusion(): string | null {
    return this.#standing.exclusion(this.state());
  }

  /** Shares of the voting weight, 0 to 1: its own, and all that it reaches with it. */
  shares(): { readonly own: number; readonly reachable: number } {
    return this.#standing.shares(this.state());
  }

  /**
   * What others would have to give it so that it does its part; null when that is not what it
   * lacks.
   */
  lack(): Lack | null {
    return this.#standing.lack(this.state());
  }

  /** Whether the State is not that of the network as far as this peer knows. */
  isStale(): boolean {
    return this.staleness() !== null;
  }

  /** Why the State may not be that of the network, null when nothing says so. */
  staleness(): string | null {
    return this.#standing.staleness(this.state());
  }

  /** Calls after each pass, also one that came to nothing new, until the answer is called. */
  whenPassed(listener: () => void): () => void {
    this.#passListeners.add(listener);
    return () => this.#passListeners.delete(listener);
  }

  remember(cell: Cell): void {
    this.#remembered.remember(cell);
  }

  /**
   * Place of a signed transaction in the Order, or of a signed block, by hash key; null while its
   * block is not executed and on disk.
   */
  positionOf(hash: string): Position | null {
    const position = this.#store.position(hash);
    if (position === null || !(position.block >= 0 && position.block < this.position)) return null;
    return isPlacedAt(hash, position.index, this.block(position.block)) ? position : null;
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

  /** Runs a form or transaction detached; the Result says `:stale` when the State may be old. */
  query(form: Value, address: Address | null, origin?: FormOrigin): Result {
    try {
      const juiceMax = this.#queryJuiceMax;
      const result = runQuery(this.state(), form, address, this.#profile, origin, juiceMax);
      if (!this.#rounds.isRunning) this.#history.unpin();
      if (!this.isStale()) return result;
      return result.withInfo((result.info ?? CVMMap.EMPTY).assoc(STALE, true));
    } catch (error) {
      this.#rounds.handleFailure(error);
      return peerError("EXCEPTION", "The peer can't read its store");
    }
  }

  /**
   * Deals with a failure of the store outside the passes.
   * @throws the error, when it is a mistake of ours
   */
  handleFailure(error: unknown): void {
    this.#rounds.handleFailure(error);
  }

  submit(signed: SignedData, admit: () => void = () => {}): Promise<Result> {
    return this.#submissions.submit(signed, admit);
  }

  /** Takes a Belief in that has been checked; the oldest one gives way when too many wait. */
  receive(belief: Belief): void {
    this.#rounds.receive(belief);
  }

  /** Takes note of an Order that the network knows under this peer's key; it has been checked. */
  learnOwn(order: Order): void {
    this.#rounds.learnOwn(order);
  }

  /** Follows another Order than its own, as observer, wherever it parts from what was executed. */
  follow(order: Order): void {
    this.#rounds.follow(order);
  }

  /**
   * Takes note of what is known of the others.
   * @param divergence why this peer's State is not that of others, null when nothing says so
   * @param clockSkewMs milliseconds by which their clocks are ahead of this one
   */
  compare(divergence: string | null, clockSkewMs: number): void {
    this.#standing.skew(clockSkewMs);
    this.#standing.signsAhead(this.#history.signingTime - this.#clock.now());
    const wasDiverged = this.#standing.isDiverged;
    this.#standing.diverge(divergence);
    if (this.#standing.isDiverged !== wasDiverged) this.#rounds.reconsider();
  }

  /** Has the rounds look for work: other peers may be reachable now. */
  wake(): void {
    this.#rounds.wake();
  }

  /**
   * Answers the clients that wait for a Result while none can come. Their transactions may be in a
   * block, and be executed later.
   */
  refuseHopeless(): void {
    if (this.#transactions.pending === 0) return;
    const obstacle = this.obstacle();
    if (obstacle === null) return;
    const advice = "If it got into a block the transaction may yet be executed";
    this.#transactions.settleAll(peerError("NETWORK", `${obstacle}. ${advice}`));
  }

  /** Resolves when nothing is under way and nothing is due at once. */
  settled(): Promise<void> {
    return this.#rounds.settled();
  }

  /**
   * Stops taking transactions in, finishes what is under way, and answers all who still wait. The
   * store stays open.
   */
  async close(): Promise<void> {
    this.#standing.close();
    await this.#rounds.settled();
    this.#rounds.stop();
    this.upkeep?.close();
    this.#transactions.settleAll(peerError("NETWORK", "Peer is shutting down"));
  }
}
