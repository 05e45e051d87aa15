// A lane for requests that take time and change nothing: queries and data requests (sheet 04 §11).
// Those of one connection are begun in the order in which they came, connections take turns, and
// after a slice of time other events are let in: no number of requests keeps transactions or
// consensus waiting.

import type { Connection } from "../../net/connection.ts";
import type { LinkClock } from "../../net/link.ts";
import { Turns, type TurnTaker } from "../../net/turns.ts";
import { QUERIES_AT_ONCE, QUERIES_OF_ONE_MIN, QUERY_LANE_MAX, QUERY_SLICE_MS } from "../bounds.ts";

/** Does one request and answers it; resolves when it is answered, and never rejects. */
export type LaneJob = () => Promise<void>;

/**
 * At most QUERY_LANE_MAX requests of all connections wait, and QUERIES_OF_ONE_MIN of each in any
 * case: otherwise three that always ask more would leave no room, also not for the challenges and
 * data requests of other peers, which wait here as well.
 */
export class QueryLane {
  readonly #turns: Turns;
  readonly #queues = new Map<Connection, ConnectionQueue>();
  readonly #limit: number;
  #waiting = 0;

  constructor(clock: LinkClock, limit = QUERY_LANE_MAX) {
    this.#turns = new Turns(clock, QUERY_SLICE_MS);
    this.#limit = limit;
  }

  /** Number of requests that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Queues a request; false when the lane is full, and the connection's own places are taken. */
  add(connection: Connection, job: LaneJob): boolean {
    let queue = this.#queues.get(connection);
    const own = queue?.length ?? 0;
    if (this.#waiting >= this.#limit && own >= QUERIES_OF_ONE_MIN) return false;
    if (queue === undefined) {
      queue = new ConnectionQueue(connection, this.#turns, () => {
        this.#waiting--;
      });
      this.#queues.set(connection, queue);
    }
    this.#waiting++;
    queue.add(job);
    return true;
  }

  /** The connection takes answers again. */
  resume(connection: Connection): void {
    this.#queues.get(connection)?.resume();
  }

  /** Forgets what a closed connection has asked. */
  remove(connection: Connection): void {
    const queue = this.#queues.get(connection);
    if (queue === undefined) return;
    this.#queues.delete(connection);
    this.#turns.remove(queue);
    this.#waiting -= queue.length;
    queue.clear();
  }
}

/** Used entries at the front of a queue above which it is copied. */
const USED_MAX = 1_024;

/** What one connection has asked. */
class ConnectionQueue implements TurnTaker {
  readonly #connection: Connection;
  readonly #turns: Turns;
  readonly #onTaken: () => void;
  /** Those that were begun are null: they would keep what they ask for in memory. */
  #jobs: (LaneJob | null)[] = [];
  #first = 0;
  #underWay = 0;

  constructor(connection: Connection, turns: Turns, onTaken: () => void) {
    this.#connection = connection;
    this.#turns = turns;
    this.#onTaken = onTaken;
  }

  get hasPrecedence(): boolean {
    return this.#connection.hasPrecedence;
  }

  spent(ms: number): void {
    this.#connection.spent(ms);
  }

  get length(): number {
    return this.#jobs.length - this.#first;
  }

  /** An answer that nobody reads would only take memory. */
  get #mayBegin(): boolean {
    return this.length > 0 && this.#underWay < QUERIES_AT_ONCE && this.#connection.isWritable;
  }

  add(job: LaneJob): void {
    this.#jobs.push(job);
    this.resume();
  }

  resume(): void {
    if (this.#mayBegin) this.#turns.add(this);
  }

  clear(): void {
    this.#jobs = [];
    this.#first = 0;
  }

  takeTurn(): boolean {
    if (!this.#mayBegin) return false;
    const job = this.#jobs[this.#first] as LaneJob;
    this.#jobs[this.#first++] = null;
    if (this.length === 0) this.clear();
    else if (this.#first > USED_MAX) {
      this.#jobs = this.#jobs.slice(this.#first);
      this.#first = 0;
    }
    this.#onTaken();
    this.#underWay++;
    void job().then(() => {
      this.#underWay--;
      this.resume();
    });
    return this.#mayBegin;
  }
}
