// All open connections of a peer, whoever opened them: each is looked at now and then, and one that
// is silent gives way to a new one when there is no more room.

import {
  CHECK_INTERVAL_MS,
  CROWD_GIVES_WAY_AFTER_MS,
  CROWD_MIN,
  GIVES_WAY_AFTER_MS,
} from "../../net/bounds.ts";
import type { Connection } from "../../net/connection.ts";
import { goodbye } from "../../net/message.ts";
import type { Clock } from "../clock.ts";

const SHUTTING_DOWN = "this peer is shutting down";

export class OpenConnections {
  readonly #clock: Clock;
  readonly #open = new Set<Connection>();
  #cancelCheck: (() => void) | null = null;
  #isClosing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): ReadonlySet<Connection> {
    return this.#open;
  }

  /** Takes a new one in, or closes it when no more are taken. */
  add(connection: Connection): void {
    if (this.#isClosing) connection.close(SHUTTING_DOWN);
    else if (connection.isOpen) this.#open.add(connection);
    this.#watch();
  }

  /** Notes that one has closed; false when it was none of these. */
  remove(connection: Connection): boolean {
    return this.#open.delete(connection);
  }

  /**
   * Closes a connection that has been silent for some time, of the remote that has most of them;
   * false when there is none. Trusted connections stay.
   */
  makeRoom(): boolean {
    const now = this.#clock.now();
    const counts = new Map<string, number>();
    const countOf = ({ link }: Connection) => counts.get(link.remote.host) ?? 0;
    for (const connection of this.#open) {
      counts.set(connection.link.remote.host, countOf(connection) + 1);
    }
    const goesBefore = (a: Connection, b: Connection) => {
      const difference = countOf(a) - countOf(b);
      return difference === 0 ? a.silenceMs(now) > b.silenceMs(now) : difference > 0;
    };
    let idlest: Connection | null = null;
    for (const connection of this.#open) {
      if (connection.link.isTrusted || connection.unanswered > 0) continue;
      const isCrowd = countOf(connection) >= CROWD_MIN;
      const graceMs = isCrowd ? CROWD_GIVES_WAY_AFTER_MS : GIVES_WAY_AFTER_MS;
      if (connection.silenceMs(now) < graceMs) continue;
      if (idlest === null || goesBefore(connection, idlest)) idlest = connection;
    }
    idlest?.close("a new connection needed its place");
    return idlest !== null;
  }

  /** Says goodbye to all, and takes no more in; what is queued for sending goes out first. */
  close(): void {
    this.#isClosing = true;
    this.#cancelCheck?.();
    this.#cancelCheck = null;
    for (const connection of [...this.#open]) {
      connection.send(goodbye());
      connection.close(SHUTTING_DOWN);
    }
  }

  #watch(): void {
    if (this.#cancelCheck !== null || this.#open.size === 0) return;
    this.#cancelCheck = this.#clock.after(CHECK_INTERVAL_MS, () => {
      this.#cancelCheck = null;
      this.#watch();
      const now = this.#clock.now();
      for (const connection of [...this.#open]) connection.check(now);
    });
  }
}
