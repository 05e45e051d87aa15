// Connections of a process that only asks: a peer that is about to join, or a command. Messages
// that are not replies are not answered.

import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { type CellSource, NO_CELLS } from "../../data/cell.ts";
import { CHECK_INTERVAL_MS, TURN_SLICE_MS } from "../../net/bounds.ts";
import { Connection, type MessageHandler } from "../../net/connection.ts";
import type { Link } from "../../net/link.ts";
import { Turns } from "../../net/turns.ts";
import type { Clock } from "../clock.ts";

/**
 * Each connection is asked for a sign of life when it is silent. `close` ends them all, and those
 * that are attached later at once.
 */
export class ClientConnections {
  readonly #clock: Clock;
  readonly #source: CellSource;
  readonly #turns: Turns;
  readonly #open = new Set<Connection>();
  readonly #handler: MessageHandler = {
    unread: () => true,
    message: () => {},
    unreadable: () => {},
    fault: () => {},
    writable: () => {},
    spent: () => {},
    closed: (connection) => this.#open.delete(connection),
  };
  #cancelCheck: (() => void) | null = null;
  /** Why all were closed, null while they are open. */
  #closedFor: string | null = null;

  /** @param source where cells that replies only name come from */
  constructor(clock: Clock, source: CellSource = NO_CELLS) {
    this.#clock = clock;
    this.#source = source;
    this.#turns = new Turns(clock, TURN_SLICE_MS);
  }

  attach(link: Link): Connection {
    const context = {
      clock: this.#clock,
      turns: this.#turns,
      table: CVM_TABLE,
      source: this.#source,
      handler: this.#handler,
    };
    const connection = new Connection(link, context, true);
    if (this.#closedFor !== null) connection.close(this.#closedFor);
    else if (connection.isOpen) this.#open.add(connection);
    this.#watch();
    return connection;
  }

  close(reason: string): void {
    this.#closedFor = reason;
    this.#cancelCheck?.();
    this.#cancelCheck = null;
    for (const connection of [...this.#open]) connection.close(reason);
  }

  #watch(): void {
    if (this.#cancelCheck !== null || this.#open.size === 0) return;
    this.#cancelCheck = this.#clock.after(CHECK_INTERVAL_MS, () => {
      this.#cancelCheck = null;
      const now = this.#clock.now();
      for (const connection of [...this.#open]) connection.check(now);
      this.#watch();
    });
  }
}
