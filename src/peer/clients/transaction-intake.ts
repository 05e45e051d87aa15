// hot: see test/bench. Transactions between their arrival and the peer: their signatures are
// checked, as many at a time as is useful, with turns between their sources; and they go on in
// bulk, since each pass of the peer writes to the disk once, for one transaction or for a thousand.
// One that comes alone does not wait.

import type { SignedData } from "../../data/signed.ts";
import type { LinkClock } from "../../net/link.ts";
import { INTAKE_BATCH_MAX, INTAKE_BATCH_MS, SIGNATURES_AT_ONCE, SUSPECT_MS } from "../bounds.ts";
import { isOver } from "../clock.ts";
import type { SignatureChecks } from "../signatures/signature-checks.ts";

/** Used entries at the front of a queue above which it is copied. */
const USED_MAX = 1_024;

interface Entry {
  readonly signed: SignedData;
  readonly submit: () => void;
  isChecked: boolean;
}

export class TransactionIntake {
  readonly #clock: LinkClock;
  readonly #checks: SignatureChecks;
  readonly #queues = new Map<object, OrderedEntries>();
  /** Those with entries whose check has not begun; insertion order is the order of turns. */
  readonly #waiting = new Set<OrderedEntries>();
  #underWay = 0;
  #isBeginning = false;
  #batch: Entry[] = [];
  #batchSince = 0;

  constructor(clock: LinkClock, checks: SignatureChecks) {
    this.#clock = clock;
    this.#checks = checks;
  }

  /**
   * Calls `submit` once the signature is checked. Transactions from one source, a connection or the
   * API, go on in the order they came, for their sequence numbers' sake, however the checks finish.
   */
  add(source: object, signed: SignedData, submit: () => void): void {
    let queue = this.#queues.get(source);
    if (queue === undefined) {
      queue = new OrderedEntries();
      this.#queues.set(source, queue);
    }
    queue.push({ signed, submit, isChecked: false });
    this.#waiting.add(queue);
    this.#begin();
  }

  /** Forgets a source; what it has sent goes on. */
  remove(source: object): void {
    this.#queues.delete(source);
  }

  #begin(): void {
    // Checks that finish at once would begin the next from inside.
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    for (const queue of this.#waiting) {
      if (this.#underWay >= SIGNATURES_AT_ONCE) break;
      this.#waiting.delete(queue);
      const entry = queue.begin();
      this.#underWay++;
      const isAlone = queue.isSuspect(this.#clock.now());
      this.#checks.check(entry.signed, () => this.#checked(queue, entry), isAlone);
      if (queue.mayBegin) this.#waiting.add(queue);
    }
    this.#isBeginning = false;
  }

  #checked(queue: OrderedEntries, entry: Entry): void {
    entry.isChecked = true;
    if (entry.signed.verified !== true) queue.suspect(this.#clock.now());
    this.#underWay--;
    if (this.#batch.length === 0) this.#batchSince = this.#clock.now();
    queue.takeChecked(this.#batch);
    this.#begin();
    const isWorthwhile =
      this.#batch.length >= INTAKE_BATCH_MAX ||
      this.#underWay === 0 ||
      this.#clock.now() - this.#batchSince >= INTAKE_BATCH_MS;
    if (isWorthwhile) this.#submit();
  }

  #submit(): void {
    const batch = this.#batch;
    this.#batch = [];
    for (const { submit } of batch) submit();
  }
}

/** Transactions from one source, in order. */
class OrderedEntries {
  /** Those that have gone on are null: they would be kept in memory, however much they are. */
  #entries: (Entry | null)[] = [];
  /** First entry that has not gone on. */
  #first = 0;
  /** First entry whose check has not begun. */
  #next = 0;
  /** When its last signature came that is not good, null without any. */
  #suspectedAtMs: number | null = null;

  get mayBegin(): boolean {
    return this.#next < this.#entries.length;
  }

  /**
   * Whether what it sends is checked by itself: one bad signature spoils the check of all beside
   * it.
   */
  isSuspect(nowMs: number): boolean {
    return this.#suspectedAtMs !== null && !isOver(this.#suspectedAtMs, SUSPECT_MS, nowMs);
  }

  suspect(nowMs: number): void {
    this.#suspectedAtMs = nowMs;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  begin(): Entry {
    return this.#entries[this.#next++] as Entry;
  }

  /** Moves those over that are checked and have nothing unchecked before them. */
  takeChecked(batch: Entry[]): void {
    while (this.#first < this.#next) {
      const entry = this.#entries[this.#first] as Entry;
      if (!entry.isChecked) break;
      this.#entries[this.#first++] = null;
      batch.push(entry);
    }
    if (this.#first < this.#entries.length && this.#first <= USED_MAX) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#next -= this.#first;
    this.#first = 0;
  }
}
