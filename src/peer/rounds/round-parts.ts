// What the rounds of a peer (rounds.ts) are made of, and whom they tell.

import type { KeyPair } from "../../crypto/ed25519.ts";
import type { Belief } from "../../state/belief.ts";
import type { Transactions } from "../clients/transactions.ts";
import type { Clock } from "../clock.ts";
import type { DurableHistory } from "../history/durable-history.ts";
import type { ExecutedTransactions } from "./executed-transactions.ts";
import type { Executor } from "./executor.ts";
import type { Standing } from "./standing.ts";

export interface RoundParts {
  readonly clock: Clock;
  readonly keyPair: KeyPair;
  readonly history: DurableHistory;
  readonly standing: Standing;
  readonly transactions: Transactions;
  readonly executed: ExecutedTransactions;
  readonly executor: Executor;
  /** Whether others exist who could lead back out of a fork. */
  readonly hasNetwork: boolean;
  /** Called with each new Belief once it is on disk. */
  readonly publish: (belief: Belief) => void;
  /** Whether somebody may depend on this peer to hear what others say. */
  readonly isRelay: () => boolean;
  /** Hears of what keeps the peer from its part, once until it works again. */
  readonly onFailure: (error: Error) => void;
  /** Called after each pass, also one that came to nothing new. */
  readonly onPass: () => void;
}
