// The faucet of a development network: gives coins from the peer's controller account and creates
// accounts. Its transactions go one after another, and the sequence is read afresh for each, so
// that other transactions of the controller do no harm (the reference trips over them, sheet 05
// §1.11).

import type { KeyPair } from "../crypto/ed25519.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Integer, Value } from "../data/cell.ts";
import { add, compareIntegers } from "../data/integer.ts";
import { List } from "../data/list.ts";
import { SignedData } from "../data/signed.ts";
import { CVMSymbol } from "../data/symbol.ts";
import type { PeerApi } from "../peer/peer-api.ts";
import type { Result } from "../state/result.ts";
import { Invoke } from "../state/transaction.ts";

/** Most copper a single faucet request gives: one coin. */
export const FAUCET_MAX = 1_000_000_000;

/** Most faucet requests that wait for their turn. */
const FAUCET_QUEUE_MAX = 1_000;

/**
 * Longest that one waits for its turn: without consensus each turn takes the 8 s of a transaction,
 * and a connection is closed after IDLE_TIMEOUT_S, so that coins would go to who has given up.
 */
const TURN_WAIT_MAX_MS = 20_000;

/** FAUCET_QUEUE_MAX requests wait already, or one has waited too long; nothing was done. */
export class FaucetBusyError extends Error {}

const BUSY = "The faucet is busy: try again in a moment";

export class Faucet {
  readonly #peer: PeerApi;
  readonly #keyPair: KeyPair;
  /** The controller's account. */
  readonly address: Address;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param now milliseconds of a time that nobody sets */
  constructor(
    peer: PeerApi,
    keyPair: KeyPair,
    address: Address,
    now: () => number = () => performance.now(),
  ) {
    this.#now = now;
    this.#peer = peer;
    this.#keyPair = keyPair;
    this.address = address;
  }

  /** Transfers at most FAUCET_MAX copper; the Result's value is the amount. */
  give(target: Address, amount: Integer): Promise<Result> {
    return this.invoke(List.from([CVMSymbol.of("transfer"), target, cappedAmount(amount)]));
  }

  /** Creates an account with this key; the Result's value is its Address. */
  async createAccount(accountKey: Uint8Array, amount: Integer | null): Promise<Result> {
    const form = List.from([CVMSymbol.of("create-account"), Blob.of(accountKey)]);
    const result = await this.invoke(form);
    if (amount === null || !(result.result instanceof Address)) return result;
    const transfer = List.from([CVMSymbol.of("transfer"), result.result, amount]);
    // Without coins the account is told of all the same: asked again, there would be another one.
    await this.invoke(transfer).catch((error) => {
      if (!(error instanceof FaucetBusyError)) throw error;
    });
    return result;
  }

  /** Has the controller's account run a form. @throws FaucetBusyError */
  invoke(form: Value): Promise<Result> {
    const busy = () => Promise.reject(new FaucetBusyError(BUSY));
    if (this.#waiting >= FAUCET_QUEUE_MAX) return busy();
    this.#waiting++;
    const cameAt = this.#now();
    const isLate = () => this.#now() - cameAt > TURN_WAIT_MAX_MS;
    const turn = this.#last
      .then(() => (isLate() ? busy() : this.#submit(form)))
      .finally(() => this.#waiting--);
    // A failed turn is its caller's to hear of; the next one goes on regardless.
    this.#last = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  #submit(form: Value): Promise<Result> {
    const account = this.#peer.state().account(this.address);
    const sequence = add(account?.sequence ?? 0, 1) ?? 1;
    const transaction = Invoke.of(this.address, sequence, form);
    return this.#peer.submit(SignedData.sign(this.#keyPair, transaction));
  }
}

/** The amount a faucet request really gives. */
export function cappedAmount(amount: Integer): Integer {
  return compareIntegers(amount, FAUCET_MAX) > 0 ? FAUCET_MAX : amount;
}
