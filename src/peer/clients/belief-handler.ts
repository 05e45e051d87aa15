// What comes on connections for the sake of consensus: told to the part of the peer that takes part
// in it (peer-network.ts).

import type { Cell } from "../../data/cell.ts";
import type { Connection } from "../../net/connection.ts";

/** Takes Beliefs in, and hears who may want to be trusted. */
export interface BeliefHandler {
  /**
   * A Belief, or signed data that should be an Order. Nothing in it has been checked.
   * @param bytes length of its message
   */
  onBelief(connection: Connection, payload: Cell, bytes: number): void;
  /**
   * A long message that should be a Belief, not read yet; false when it is to be read like others.
   */
  onLongBelief(connection: Connection, payload: Uint8Array): boolean;
  /** A Belief that can't be read: it names a cell that neither its message nor the store has. */
  onIncompleteBelief(connection: Connection, missingKey: string): void;
  /** The other end has sent a challenge. */
  onChallenge(connection: Connection): void;
  /** The other end has asked for cells. */
  onDataRequest(connection: Connection): void;
  /** Reading and answering its messages has taken so many ms. */
  onSpent(connection: Connection, ms: number): void;
  /** The connection has closed. */
  onClosed(connection: Connection, reason: string): void;
}
