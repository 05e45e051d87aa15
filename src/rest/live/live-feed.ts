// The feed of events. Nothing is queued for anybody: a subscriber is a place in the Order, from
// where it reads on as fast as its connection takes it. Who falls too far behind is told of the
// gap.

import { MissingDataError } from "../../data/cell.ts";
import { toJson } from "../../lang/json.ts";
import { SharedPlaces } from "../../net/shared-places.ts";
import { type Clock, steadyOf } from "../../peer/clock.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { StoreError } from "../../store/store.ts";
import { statusMap } from "../routes/status.ts";
import { blockEvents, eventText, placeText } from "./block-events.ts";
import { FeedTurns } from "./feed-turns.ts";
import type { Topics } from "./topics.ts";

/** Subscribers at a time. */
export const SUBSCRIBERS_MAX = 1_000;
/** Blocks that a subscriber who comes back, or is slow, is told of; earlier ones are a gap. */
export const REPLAY_BLOCKS_MAX = 1_000;
/** Blocks looked at, and time taken, for one subscriber before others get their turn. */
const BLOCKS_PER_TURN = 16;
const TURN_MS = 5;
/** Bytes ready for a connection that does not take them. */
const READY_BYTES_MAX = 65_536;
/** Least time between two looks at what is new. */
const NEWS_PAUSE_MS = 25;
/** A sign of life on a connection without news, below every usual time-out. */
const KEEP_ALIVE_MS = 15_000;
/** Times that blocks were taken back of which it is known how many were left. */
const REWINDS_MAX = 64;
/** Milliseconds after which a browser that lost its connection comes back. */
const RETRY_MS = 2_000;

/** There are as many subscribers as there may be. */
export class FeedFullError extends Error {}

interface Subscriber {
  readonly topics: Topics;
  /** Position of the next block to tell of. */
  next: number;
  /** What is still to be told of it, null when it was not begun. */
  events: Iterator<string> | null;
  status: string;
  /** Number of times that blocks had been taken back when it was last told. */
  rewinds: number;
}

export class LiveFeed {
  readonly #peer: PeerApi;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  readonly #places = new SharedPlaces(SUBSCRIBERS_MAX);
  readonly #turns: FeedTurns;
  readonly #stopListening: () => void;
  #isTelling = false;
  /** Blocks executed when that was looked at last. */
  #position: number;
  /** How many were left each time that a fork had taken some back; the oldest are left out. */
  readonly #left: number[] = [];
  #rewinds = 0;
  /** The status as JSON, null when it was not asked for since the last pass. */
  #status: string | null = null;

  constructor(peer: PeerApi, clock: Clock) {
    this.#peer = peer;
    this.#clock = clock;
    this.#position = peer.position;
    this.#turns = new FeedTurns(clock);
    this.#stopListening = peer.whenPassed(() => this.#tell());
  }

  get subscribers(): number {
    return this.#places.taken;
  }

  /**
   * Events from a position on, null: from now on.
   * @param client by whom places are shared
   * @throws FeedFullError
   */
  open(topics: Topics, from: number | null, client = ""): ReadableStream<Uint8Array> {
    let isOver = false;
    let end = () => {};
    const giveBack = this.#places.take(client, () => end());
    if (giveBack === null) {
      throw new FeedFullError("There are too many subscribers: try again in a while");
    }
    const next = from ?? this.#peer.position;
    const rewinds = this.#rewinds;
    const subscriber: Subscriber = { topics, next, events: null, status: "", rewinds };
    const encoder = new TextEncoder();
    const over = () => {
      isOver = true;
      giveBack();
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          end = () => {
            over();
            controller.close();
          };
          controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
        },
        pull: async (controller) => {
          try {
            const text = await this.#textFor(subscriber, () => isOver);
            if (!isOver) controller.enqueue(encoder.encode(text));
          } catch (error) {
            over();
            if (!(error instanceof StoreError)) throw error;
            // Of a disk that fails the peer's health tells; who listens comes back.
            controller.close();
          }
        },
        cancel: over,
      },
      { highWaterMark: READY_BYTES_MAX, size: (chunk) => chunk?.length ?? 0 },
    );
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#stopListening();
    this.#places.endAll();
    this.#wake();
  }

  #tell(): void {
    this.#status = null;
    this.#noteRewind();
    if (this.#isTelling || this.#waiting.size === 0) return;
    this.#isTelling = true;
    this.#clock.after(NEWS_PAUSE_MS, () => {
      this.#isTelling = false;
      this.#wake();
    });
  }

  #noteRewind(): void {
    const { position } = this.#peer;
    if (position < this.#position) {
      this.#rewinds++;
      this.#left.push(position);
      if (this.#left.length > REWINDS_MAX) this.#left.shift();
    }
    this.#position = position;
  }

  /** Least number of blocks that were left since a subscriber was last told; infinite without. */
  #leftSince({ rewinds }: Subscriber): number {
    const count = this.#rewinds - rewinds;
    if (count > this.#left.length) return 0;
    return Math.min(...this.#left.slice(this.#left.length - count));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  /** Waits for news; false when there was none for a while. */
  #news(): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(KEEP_ALIVE_MS, () => {
        this.#waiting.delete(wake);
        resolve(false);
      });
      const wake = () => {
        cancel();
        resolve(true);
      };
      this.#waiting.add(wake);
    });
  }

  async #textFor(subscriber: Subscriber, isOver: () => boolean): Promise<string> {
    while (!isOver()) {
      const text = await this.#turns.run(() => (isOver() ? "" : this.#nextText(subscriber)));
      if (text !== "") return text;
      const hasMore = subscriber.events !== null || subscriber.next < this.#peer.position;
      if (!hasMore && !(await this.#news())) {
        // Without data this is no event, but moves the place to go on from.
        return `: nothing new\n${placeText(subscriber.next)}`;
      }
    }
    return "";
  }

  /** What is new to a subscriber, as far as one turn goes. */
  #nextText(subscriber: Subscriber): string {
    let text = this.#rewind(subscriber);
    if (subscriber.events === null) text += this.#jump(subscriber);
    const steady = steadyOf(this.#clock);
    const until = steady.now() + TURN_MS;
    for (let blocks = 0; text.length < READY_BYTES_MAX && steady.now() <= until; ) {
      if (subscriber.events === null) {
        if (subscriber.next >= this.#peer.position || ++blocks > BLOCKS_PER_TURN) break;
        subscriber.events = this.#eventsAt(subscriber.next, subscriber.topics);
      }
      const { value, done } = subscriber.events.next();
      if (done) {
        subscriber.events = null;
        subscriber.next++;
      } else text += value;
    }
    text += this.#statusText(subscriber);
    return text === "" ? "" : text + placeText(subscriber.next);
  }

  /** Back to the first block that stands where a fork has taken one back that was told. */
  #rewind(subscriber: Subscriber): string {
    const left = this.#leftSince(subscriber);
    subscriber.rewinds = this.#rewinds;
    const isAhead = subscriber.events === null ? subscriber.next > left : subscriber.next >= left;
    if (!isAhead) return "";
    subscriber.next = left;
    subscriber.events = null;
    return eventText("rewind", `{"position":${left}}`, left);
  }

  /** Over blocks that are too many, or that there never were. */
  #jump(subscriber: Subscriber): string {
    const { position } = this.#peer;
    const { next } = subscriber;
    if (next > position) {
      subscriber.next = position;
      return eventText("rewind", `{"position":${position}}`, position);
    }
    const earliest = position - REPLAY_BLOCKS_MAX;
    if (next >= earliest) return "";
    subscriber.next = earliest;
    return eventText("gap", `{"from":${next},"to":${earliest}}`, earliest);
  }

  *#eventsAt(position: number, topics: Topics): Generator<string> {
    try {
      const signed = this.#peer.block(position);
      const result = this.#peer.blockResult(position);
      if (signed === null || result === null) return;
      yield* blockEvents({ position, signed, result }, topics);
    } catch (error) {
      if (!(error instanceof MissingDataError)) throw error;
      yield eventText("gap", `{"from":${position},"to":${position + 1}}`, position);
    }
  }

  #statusText(subscriber: Subscriber): string {
    if (!subscriber.topics.status) return "";
    this.#status ??= toJson(statusMap(this.#peer.status()));
    const status = this.#status;
    if (status === subscriber.status) return "";
    subscriber.status = status;
    return eventText("status", status, subscriber.next);
  }
}
