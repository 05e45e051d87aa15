// Connections of someone who only asks: a peer that is about to join, or a command. What comes
// unasked is not answered.

import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { type CellSource, NO_CELLS } from "../../data/cell.ts";
import { CHECK_INTERVAL_MS, TURN_SLICE_MS } from "../../net/bounds.ts";
import { Connection, type MessageHandler } from "../../net/connection.ts";
import type { Link } from "../../net/link.ts";
import { Turns } from "../../net/turns.ts";
import type { Clock } from "../clock.ts";

const NO_HANDLER: MessageHandler = {
  unread: () => true,
  message: () => {},
  unreadable: () => {},
  fault: () => {},
  writable: () => {},
  spent: () => {},
  closed: () => {},
};

/** Each is asked for a sign of life when it is silent; `close` ends them all. */
export class ClientConnections {
  readonly #clock: Clock;
  readonly #source: CellSource;
  readonly #turns: Turns;
  readonly #connections: Connection[] = [];
  #cancelCheck: (() => void) | null = null;

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
      handler: NO_HANDLER,
    };
    const connection = new Connection(link, context, true);
    this.#connections.push(connection);
    if (this.#cancelCheck === null) this.#watch();
    return connection;
  }

  close(reason: string): void {
    this.#cancelCheck?.();
    this.#cancelCheck = null;
    for (const connection of this.#connections) connection.close(reason);
  }

  #watch(): void {
    this.#cancelCheck = this.#clock.after(CHECK_INTERVAL_MS, () => {
      const now = this.#clock.now();
      for (const connection of this.#connections) connection.check(now);
      this.#watch();
    });
  }
}
