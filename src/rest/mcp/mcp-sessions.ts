// Streams that clients have opened with GET /mcp, and what they watch. A session is nothing but its
// stream: its id is the client's, from initialize or of its own making.

import { SharedPlaces } from "../../net/shared-places.ts";
import { type Clock, steadyOf } from "../../peer/clock.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Watches } from "./watches.ts";

/** Streams at a time. */
export const SESSIONS_MAX = 1_000;
/** How often watched values are looked at, at most. */
const LOOK_PAUSE_MS = 1_000;
/** Time for one look after which other work gets its turn. */
const TURN_MS = 5;
const KEEP_ALIVE_MS = 15_000;
/** Bytes that wait for a client; one that takes nothing for so long loses its stream. */
const READY_BYTES_MAX = 65_536;

/** SESSIONS_MAX streams are open already. */
export class SessionsFullError extends Error {}

/** The session has a stream already. */
export class SessionBusyError extends Error {}

interface Session {
  readonly watches: Watches;
  readonly send: (text: string) => void;
  readonly end: () => void;
}

function notification(params: object): string {
  const message = { jsonrpc: "2.0", method: "notifications/stateChanged", params };
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}

export class McpSessions {
  readonly #peer: PeerApi;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #places = new SharedPlaces(SESSIONS_MAX);
  readonly #stopListening: () => void;
  #isLooking = false;

  constructor(peer: PeerApi, clock: Clock) {
    this.#peer = peer;
    this.#clock = clock;
    this.#stopListening = peer.whenPassed(() => this.#plan());
  }

  get size(): number {
    return this.#sessions.size;
  }

  watches(id: string | undefined): Watches | null {
    return id === undefined ? null : (this.#sessions.get(id)?.watches ?? null);
  }

  /** @param client by whom places are shared. @throws SessionsFullError, SessionBusyError */
  open(id: string, client = ""): ReadableStream<Uint8Array> {
    if (this.#sessions.has(id)) throw new SessionBusyError("The session has a stream already");
    const giveBack = this.#places.take(client, () => this.close(id));
    if (giveBack === null) throw new SessionsFullError("Too many streams");
    const encoder = new TextEncoder();
    let cancelKeepAlive = () => {};
    let isOver = false;
    // Once: the id may be another session's by the time that the connection closes.
    const over = () => {
      if (isOver) return;
      isOver = true;
      giveBack();
      cancelKeepAlive();
      this.#sessions.delete(id);
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const end = () => {
            if (isOver) return;
            over();
            controller.close();
          };
          const send = (text: string) => {
            if (isOver) return;
            if ((controller.desiredSize ?? 0) <= 0) end();
            else controller.enqueue(encoder.encode(text));
          };
          const keepAlive = () => {
            cancelKeepAlive = this.#clock.after(KEEP_ALIVE_MS, () => {
              send(": keepalive\n\n");
              if (this.#sessions.has(id)) keepAlive();
            });
          };
          this.#sessions.set(id, { watches: new Watches(this.#peer), send, end });
          send(": keepalive\n\n");
          keepAlive();
        },
        cancel: over,
      },
      { highWaterMark: READY_BYTES_MAX, size: (chunk) => chunk?.length ?? 0 },
    );
  }

  /** Ends a session; false when there is none. */
  close(id: string): boolean {
    const session = this.#sessions.get(id);
    session?.end();
    return session !== undefined;
  }

  closeAll(): void {
    this.#stopListening();
    for (const { end } of [...this.#sessions.values()]) end();
  }

  #plan(): void {
    if (this.#isLooking || this.#sessions.size === 0) return;
    this.#isLooking = true;
    this.#clock.after(LOOK_PAUSE_MS, () => this.#look(this.#sessions.values()));
  }

  /** Looks for what the next sessions watch, and lets other work in when that takes a while. */
  #look(sessions: Iterator<Session>): void {
    const steady = steadyOf(this.#clock);
    const until = steady.now() + TURN_MS;
    this.#isLooking = false;
    for (let next = sessions.next(); !next.done; next = sessions.next()) {
      const { watches, send } = next.value;
      for (const change of watches.changes()) send(notification(change));
      if (steady.now() <= until) continue;
      this.#isLooking = true;
      this.#clock.soon(() => this.#look(sessions));
      return;
    }
  }
}
