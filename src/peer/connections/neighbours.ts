// The neighbours of a peer, by their connections. Two of them may be one peer: each side sends on
// the connection that it has opened, and listens on the other.

import type { Connection } from "../../net/connection.ts";
import { Neighbour } from "./neighbour.ts";

export class Neighbours implements Iterable<Neighbour> {
  readonly #byConnection = new Map<Connection, Neighbour>();

  [Symbol.iterator](): Iterator<Neighbour> {
    return this.#byConnection.values();
  }

  /** Null for a connection on which nothing was said for the sake of consensus. */
  find(connection: Connection): Neighbour | null {
    return this.#byConnection.get(connection) ?? null;
  }

  /** The neighbour at the other end; a connection that came in has one from now on. */
  at(connection: Connection): Neighbour {
    const known = this.#byConnection.get(connection);
    if (known !== undefined) return known;
    const { remote: address } = connection.link;
    return this.add(new Neighbour(connection, { direction: "incoming", isNamed: false, address }));
  }

  add(neighbour: Neighbour): Neighbour {
    this.#byConnection.set(neighbour.connection, neighbour);
    return neighbour;
  }

  /** The neighbour that was at the other end of a connection that has closed, null without. */
  remove(connection: Connection): Neighbour | null {
    const neighbour = this.find(connection);
    this.#byConnection.delete(connection);
    return neighbour;
  }

  /** The neighbour itself, and the others that have proved the same key. */
  samePeer(neighbour: Neighbour): Neighbour[] {
    const same = [neighbour];
    if (neighbour.key === null) return same;
    for (const other of this) {
      if (other !== neighbour && other.key === neighbour.key) same.push(other);
    }
    return same;
  }

  /**
   * Whom to ask for cells that a neighbour has named: the same peer on a connection that was opened
   * to it, where there is one. A peer of the reference answers on no other.
   */
  providerOf(neighbour: Neighbour): Neighbour {
    const opened = this.samePeer(neighbour).find(
      ({ origin, isOpen }) => origin.direction === "outgoing" && isOpen,
    );
    return opened ?? neighbour;
  }
}
