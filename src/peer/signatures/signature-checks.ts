// Where signatures of transactions are checked before the transactions are taken in or applied.
// Many are checked in one equation, which takes 9 to 15 µs each, a few on threads of the system's,
// which takes 40. The verdict is left in the SignedData.

import { BATCH_MAX, type SignedBytes } from "../../crypto/batch-verify.ts";
import { verifyAside, verifyTogether } from "../../crypto/ed25519.ts";
import type { SignedData } from "../../data/signed.ts";
import { SIGNATURE_GATHER_MAX, SIGNATURE_GATHER_MS, TOGETHER_MIN } from "../bounds.ts";
import type { Clock } from "../clock.ts";
import type { SignatureThread } from "./signature-thread.ts";

export interface SignatureChecks {
  /**
   * Calls `done` when the signature has been checked by the native check at most: one that this
   * refuses is decided later, by the exact check.
   * @param isAlone whether it must not be checked together with others, as it may be bad
   */
  check(signed: SignedData, done: () => void, isAlone?: boolean): void;
}

export interface BlockSignatureChecks {
  /** The same for many that are needed now. */
  checkAll(signatures: readonly SignedData[], done: () => void): void;
}

/** Leaves the check to whoever asks for the verdict. */
export const CHECK_IN_PLACE: SignatureChecks & BlockSignatureChecks = {
  check: (_signed, done) => done(),
  checkAll: (_signatures, done) => done(),
};

/**
 * Checks many signatures together, on a thread of their own when they are very many, and a few one
 * by one on threads of the system's. Those that are refused are left to the exact check, which
 * takes longer; only bad signatures need it, or such as were made on purpose.
 */
export class AsideChecks implements SignatureChecks, BlockSignatureChecks {
  readonly #thread: SignatureThread | null;

  constructor(thread: SignatureThread | null = null) {
    this.#thread = thread;
  }

  check(signed: SignedData, done: () => void): void {
    const { publicKey } = signed;
    if (publicKey === null || signed.verified !== null) {
      done();
      return;
    }
    verifyAside(publicKey, signed.signedBytes(), signed.signature, (isAccepted) => {
      if (isAccepted) signed.setVerified(true);
      else signed.setStrictlyRefused();
      done();
    });
  }

  checkAll(signatures: readonly SignedData[], done: () => void): void {
    const batches = Math.ceil(signatures.length / BATCH_MAX);
    let pending = batches;
    if (pending === 0) done();
    const settle = () => {
      if (--pending === 0) done();
    };
    for (let i = 0; i < batches; i++) {
      this.#checkBatch(signatures.slice(i * BATCH_MAX, (i + 1) * BATCH_MAX), settle);
    }
  }

  #checkBatch(batch: readonly SignedData[], done: () => void): void {
    const settle = (areGood: boolean) => {
      if (areGood) {
        for (const signed of batch) signed.setVerified(true);
        done();
        return;
      }
      let pending = batch.length;
      for (const signed of batch) {
        this.check(signed, () => {
          if (--pending === 0) done();
        });
      }
    };
    const items = batch.length < TOGETHER_MIN ? null : itemsOf(batch);
    if (items === null) settle(false);
    else if (this.#thread?.verify(items, settle) !== true) settle(verifyTogether(items));
  }
}

/** Without a thread of its own. */
export const CHECK_ASIDE = new AsideChecks();

/** Null when one has no key. */
function itemsOf(batch: readonly SignedData[]): SignedBytes[] | null {
  const items: SignedBytes[] = [];
  for (const signed of batch) {
    const { publicKey, signature } = signed;
    if (publicKey === null) return null;
    items.push({ publicKey, signature, message: signed.signedBytes() });
  }
  return items;
}

/** How many have come in the last whole window of SIGNATURE_GATHER_MS. */
class Arrivals {
  #windowAtMs = Number.NEGATIVE_INFINITY;
  #inWindow = 0;
  #inLast = 0;

  note(nowMs: number): void {
    const windows = Math.floor((nowMs - this.#windowAtMs) / SIGNATURE_GATHER_MS);
    // Less than none: a clock was set back.
    if (windows !== 0) {
      this.#inLast = windows === 1 ? this.#inWindow : 0;
      this.#inWindow = 0;
      this.#windowAtMs = nowMs;
    }
    this.#inWindow++;
  }

  /** Whether so many come in a window that it is cheaper to check them together. */
  get areMany(): boolean {
    return this.#inLast >= TOGETHER_MIN;
  }
}

/** For transactions as they come: few are checked at once, many a moment later, together. */
export class GatheredChecks implements SignatureChecks {
  readonly #clock: Clock;
  readonly #aside: AsideChecks;
  #waiting: { readonly signed: SignedData; readonly done: () => void }[] = [];
  readonly #arrivals = new Arrivals();
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, aside: AsideChecks = CHECK_ASIDE) {
    this.#clock = clock;
    this.#aside = aside;
  }

  check(signed: SignedData, done: () => void, isAlone = false): void {
    if (isAlone) {
      this.#aside.check(signed, done);
      return;
    }
    this.#arrivals.note(this.#clock.now());
    this.#waiting.push({ signed, done });
    if (this.#waiting.length >= SIGNATURE_GATHER_MAX) this.#begin();
    else if (this.#waiting.length === 1) this.#appoint();
  }

  #appoint(): void {
    const waited = this.#clock.now() - this.#checkedAtMs;
    // A negative time: the clock was set back, and nobody is to wait for that.
    const isDue = waited < 0 || waited >= SIGNATURE_GATHER_MS;
    if (isDue || !this.#arrivals.areMany) this.#clock.soon(() => this.#begin());
    else this.#cancel = this.#clock.after(SIGNATURE_GATHER_MS, () => this.#begin());
  }

  #begin(): void {
    this.#cancel?.();
    this.#cancel = null;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#checkedAtMs = this.#clock.now();
    const undecided = waiting.filter(({ signed }) => signed.verified === null);
    this.#aside.checkAll(
      undecided.map(({ signed }) => signed),
      () => {
        for (const { done } of waiting) done();
      },
    );
  }
}
