// Submitting a transaction: the checks before it is taken in, from cheap to costly. While a
// signature is checked elsewhere the State may change, so they are made again afterwards.

import { hashKey } from "../../data/encode.ts";
import type { SignedData } from "../../data/signed.ts";
import type { LinkClock } from "../../net/link.ts";
import type { Result } from "../../state/result.ts";
import type { State } from "../../state/state.ts";
import type { Store } from "../../store/store.ts";
import { peerError } from "../peer-result.ts";
import { ExactChecks } from "../signatures/exact-checks.ts";
import { CHECK_IN_PLACE, type SignatureChecks } from "../signatures/signature-checks.ts";
import { isWorthChecking, refusalOf } from "./admission.ts";
import { TransactionIntake } from "./transaction-intake.ts";
import type { Transactions } from "./transactions.ts";

/** The peer that transactions are submitted to. */
export interface SubmissionTarget {
  readonly store: Store;
  readonly transactions: Transactions;
  /** Transactions whose signatures may be under way at once. */
  readonly checkedMax: number;
  /** The State at finality. */
  state(): State;
  /** Why nothing is taken in at the moment, null when it is. */
  obstacle(): string | null;
  /** Called when a transaction waits for a block. */
  wake(): void;
  /**
   * Called with what the store has thrown.
   * @throws the error, when it is no failure of the store's
   */
  handleFailure(error: unknown): void;
}

export class Submissions {
  readonly #peer: SubmissionTarget;
  readonly #exact: ExactChecks;
  /** Where signatures are checked before, null when they are checked in place. */
  readonly #intake: TransactionIntake | null;
  /** Transactions whose signatures are being checked. */
  #checking = 0;

  /** @param clock a steady one */
  constructor(clock: LinkClock, signatures: SignatureChecks, peer: SubmissionTarget) {
    this.#peer = peer;
    this.#exact = new ExactChecks(clock);
    this.#intake = signatures === CHECK_IN_PLACE ? null : new TransactionIntake(clock, signatures);
  }

  /** The Result, at finality or once the transaction is refused; `admit` as in PeerApi. */
  async submit(signed: SignedData, admit: () => void): Promise<Result> {
    const { transactions } = this.#peer;
    const obstacle = this.#peer.obstacle();
    if (obstacle !== null) return peerError("NETWORK", obstacle);
    let isKnown: boolean;
    try {
      if (this.#intake !== null && this.#isToBeChecked(signed)) {
        if (this.#checking >= this.#peer.checkedMax) return peerError("LOAD", "Trx overload");
        await this.#checked(this.#intake, signed);
        const obstacleNow = this.#peer.obstacle();
        if (obstacleNow !== null) return peerError("NETWORK", obstacleNow);
      }
      isKnown = transactions.isPending(hashKey(signed));
      const refusal = isKnown ? null : this.#refusalOf(signed);
      if (refusal !== null) return refusal;
    } catch (error) {
      this.#peer.handleFailure(error);
      return peerError("NETWORK", "The peer can't read its store");
    }
    if (!isKnown) admit();
    const result = transactions.add(signed);
    this.#peer.wake();
    return result;
  }

  /** Whether a transaction has nothing against it so far, and its signature is not checked yet. */
  #isToBeChecked(signed: SignedData): boolean {
    if (!signed.isUnchecked) return false;
    if (this.#peer.transactions.isPending(hashKey(signed))) return false;
    return isWorthChecking(signed, this.#peer.state());
  }

  /** Resolves when the signature is checked, in the order of the calls. */
  async #checked(intake: TransactionIntake, signed: SignedData): Promise<void> {
    this.#checking++;
    await new Promise<void>((resolve) => intake.add(this, signed, resolve));
    this.#checking--;
  }

  #refusalOf(signed: SignedData): Result | null {
    return refusalOf(signed, this.#peer.state(), this.#peer.store, this.#exact);
  }
}
