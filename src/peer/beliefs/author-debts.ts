// What the Orders or messages of each peer have cost this one lately. Anybody with the least stake
// can sign one long Order after the other, each with other blocks. A peer with more stake may cost
// more, and all together no more than this peer can spare.

import type { Clock } from "../clock.ts";
import { DEBTORS_MAX } from "../network-bounds.ts";

/** In any unit of cost, over all peers. */
export interface DebtTerms {
  /** Debt of a peer at which nothing more is begun for it. */
  readonly burst: number;
  /** Debt paid off each second by all peers, by each its share of the voting weight. */
  readonly perSecond: number;
  /** Debt that each peer pays off each second at the least. */
  readonly leastPerSecond: number;
}

interface Debt {
  amount: number;
  atMs: number;
}

const SECOND_MS = 1_000;

/** Of at most DEBTORS_MAX peers: further ones take the places of those with the least debt. */
export class AuthorDebts {
  readonly #clock: Clock;
  readonly #terms: DebtTerms;
  readonly #debts = new Map<string, Debt>();

  /** @param clock steady */
  constructor(clock: Clock, terms: DebtTerms) {
    this.#clock = clock;
    this.#terms = terms;
  }

  /** Whether something may be begun for a peer. @param share of the voting weight, 0 to 1 */
  mayBegin(author: string, share: number): boolean {
    return this.amount(author, share) < this.#terms.burst;
  }

  /** What a peer has cost and not paid off yet. @param share of the voting weight, 0 to 1 */
  amount(author: string, share: number): number {
    const debt = this.#debts.get(author);
    if (debt === undefined) return 0;
    const now = this.#clock.now();
    debt.amount -= (this.#rate(share) * Math.max(0, now - debt.atMs)) / SECOND_MS;
    debt.atMs = now;
    if (debt.amount > 0) return debt.amount;
    this.#debts.delete(author);
    return 0;
  }

  /** Milliseconds until something may be begun for a peer again. */
  dueInMs(author: string, share: number): number {
    const excess = this.amount(author, share) - this.#terms.burst;
    return excess < 0 ? 0 : Math.ceil((excess * SECOND_MS) / this.#rate(share)) + 1;
  }

  #rate(share: number): number {
    return Math.max(this.#terms.leastPerSecond, share * this.#terms.perSecond);
  }

  /** Charges a peer. @param share of the voting weight, 0 to 1 */
  add(author: string, share: number, cost: number): void {
    if (cost <= 0) return;
    const amount = this.amount(author, share) + cost;
    if (!this.#debts.has(author)) this.#makeRoom();
    this.#debts.set(author, { amount, atMs: this.#clock.now() });
  }

  #makeRoom(): void {
    if (this.#debts.size < DEBTORS_MAX) return;
    let least: [string, number] | null = null;
    for (const [author, { amount }] of this.#debts) {
      if (least === null || amount < least[1]) least = [author, amount];
    }
    if (least !== null) this.#debts.delete(least[0]);
  }
}
