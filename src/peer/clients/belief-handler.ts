// What comes on connections and concerns consensus, as those hear it who take part in it.

import type { Cell } from "../../data/cell.ts";
import type { Connection } from "../../net/connection.ts";

/** Takes Beliefs in, and hears who may want to be trusted. */
export interface BeliefHandler {
  /** A Belief, or signed data that should be an Order. Nothing in it has been checked. */
  onBelief(connection: Connection, payload: Cell, bytes: Uint8Array): void;
  /**
   * A long message that should be one, not read yet; false when it is to be read as others are.
   */
  onLongBelief(connection: Connection, payload: Uint8Array): boolean;
  /** One that can't be read because it names a cell that is neither in it nor in the store. */
  onIncompleteBelief(connection: Connection, missingKey: string, bytes: Uint8Array): void;
  /** The other end has sent a challenge. */
  onChallenge(connection: Connection): void;
  /** The other end has asked for cells. */
  onDataRequest(connection: Connection): void;
  /** Reading and answering its messages has taken so many ms. */
  onSpent(connection: Connection, ms: number): void;
  /** The connection has closed. */
  onClosed(connection: Connection, reason: string): void;
}
