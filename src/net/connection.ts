// hot: see test/bench. A link on which messages are understood: what comes is decoded and handed
// on, a turn at a time; requests of this side find their replies; and a remote that asks faster
// than it is answered, or than it reads, is not read until that has changed.

import type { DecodeTable } from "../data/byte-reader.ts";
import { type CellSource, MissingDataError, type Value } from "../data/cell.ts";
import { BadFormatError, BadStructureError } from "../data/errors.ts";
import { decodeMultiCell, encodeMultiCell } from "../data/multi-cell.ts";
import {
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_MESSAGE_LENGTH,
  MESSAGES_PER_TURN,
  PING_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  TURN_MS,
  UNANSWERED_BYTES,
  UNANSWERED_MAX,
  WRITE_HIGH_WATER_BYTES,
} from "./bounds.ts";
import type { Link, LinkClock } from "./link.ts";
import { type Message, pingRequest, RESULT_TAG, readMessage } from "./message.ts";
import { NoReplyError, PendingRequests } from "./pending-requests.ts";
import { Reply } from "./reply.ts";
import type { Turns } from "./turns.ts";

/** Hears what comes in on connections. */
export interface MessageHandler {
  /** Whether a payload is dealt with as the bytes that it is; else it is read. */
  unread(connection: Connection, payload: Uint8Array): boolean;
  /** Any message but a Result. */
  message(connection: Connection, message: Message, payload: Uint8Array): void;
  /**
   * A payload that is no message, or needs a cell at once that is neither in it nor in the source.
   */
  unreadable(connection: Connection, error: UnreadableError, payload: Uint8Array): void;
  /**
   * The handler threw something that no remote should be able to cause; the connection is closed.
   */
  fault(connection: Connection, error: unknown): void;
  /** The other end takes answers again, after it took none for a while. */
  writable(connection: Connection): void;
  /** Reading or answering what has come has taken so many ms. */
  spent(connection: Connection, ms: number): void;
  closed(connection: Connection, reason: string): void;
}

/** Why a connection ends whose other end asks, and does not read the answers. */
export const UNREAD_ANSWERS = "it does not read what it asked for";

export type UnreadableError = BadFormatError | BadStructureError | MissingDataError;

/** What the connections of one peer share. */
export interface ConnectionContext {
  readonly clock: LinkClock;
  readonly turns: Turns;
  /** Reads the records that messages hold. */
  readonly table: DecodeTable;
  /** Where cells that a message only names are loaded from. */
  readonly source: CellSource;
  readonly handler: MessageHandler;
}

/** Opens the link when it is made: the handler may be called from then on. */
export class Connection {
  readonly link: Link;
  /**
   * Whether silence is answered with a question, and no answer with the end (outgoing connections).
   */
  readonly isKeptAlive: boolean;
  readonly openedAt: number;
  readonly #context: ConnectionContext;
  readonly #requests: PendingRequests;
  #heardAt: number;
  #isAsked = false;
  /** Requests of the other side that are not answered, and the bytes they came in. */
  #unanswered = 0;
  #unansweredBytes = 0;
  #pauses = 0;
  /** Whether there is something to read that has to wait. */
  #isHeld = false;

  constructor(link: Link, context: ConnectionContext, isKeptAlive = false) {
    this.link = link;
    this.isKeptAlive = isKeptAlive;
    this.#context = context;
    this.#requests = new PendingRequests(context.clock);
    this.openedAt = context.clock.now();
    this.#heardAt = this.openedAt;
    link.open({
      readable: () => context.turns.add(this),
      drained: () => {
        context.handler.writable(this);
        this.#release();
      },
      closed: (reason) => this.#closed(reason),
    });
  }

  get isOpen(): boolean {
    return this.link.isOpen;
  }

  /** The other end has proved its key by a challenge. */
  trust(): void {
    this.link.isTrusted = true;
  }

  /** Milliseconds since anything was heard of the other end. */
  silenceMs(nowMs: number): number {
    return nowMs - this.#heardAt;
  }

  /** Requests of the other side that wait for their answer. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /**
   * Whether the other end takes what it is sent; answers that can wait should while it does not.
   */
  get isWritable(): boolean {
    return this.link.isOpen && this.link.queuedBytes <= WRITE_HIGH_WATER_BYTES;
  }

  /** Sends a message with all that it names; false when it was not taken. */
  send(message: Value): boolean {
    return this.link.send(encodeMultiCell(message));
  }

  /** Sends a payload that is encoded already; false when it was not taken. */
  sendPayload(payload: Uint8Array): boolean {
    return this.link.send(payload);
  }

  /**
   * Sends a request that `build` makes with a fresh id; resolves with the reply, be it an error
   * Result.
   * @param bytesMax length of a reply that is read
   * @throws NoReplyError when none came
   */
  async request(
    build: (id: number) => Value,
    timeoutMs = REQUEST_TIMEOUT_MS,
    bytesMax = MAX_MESSAGE_LENGTH,
  ): Promise<Reply> {
    if (!this.isOpen) throw new NoReplyError("CLOSED", "the connection is closed");
    const payload = await this.#requests.add((id) => this.send(build(id)), timeoutMs);
    if (payload.length > bytesMax) throw new NoReplyError("LENGTH", "the reply is too long");
    return new Reply(payload, this.#context.table, this.#context.source);
  }

  /**
   * A request of the other side will be answered later; `answered` must follow with the same bytes.
   */
  awaitAnswer(bytes: number): void {
    this.#unanswered++;
    this.#unansweredBytes += bytes;
  }

  answered(bytes: number): void {
    this.#unanswered--;
    this.#unansweredBytes -= bytes;
    if (this.#isHeld) this.#release();
  }

  get #mayRead(): boolean {
    return (
      this.#pauses === 0 &&
      this.#unanswered < UNANSWERED_MAX &&
      this.#unansweredBytes < UNANSWERED_BYTES &&
      this.isWritable
    );
  }

  /** Goes on reading where it had to wait. */
  #release(): void {
    if (!this.#isHeld || !this.#mayRead) return;
    this.#isHeld = false;
    this.#context.turns.add(this);
  }

  /**
   * What peers say and ask for the sake of consensus is not to wait for what others ask, unless it
   * has taken too long of late.
   */
  get hasPrecedence(): boolean {
    return this.link.isTrusted && this.#pauses === 0;
  }

  /** Is not read until `resume` has been called as often. */
  pause(): void {
    this.#pauses++;
  }

  resume(): void {
    this.#pauses--;
    if (this.#isHeld) this.#release();
  }

  spent(ms: number): void {
    this.#context.handler.spent(this, ms);
  }

  takeTurn(): boolean {
    const { clock } = this.#context;
    const beganAt = clock.now();
    let now = beganAt;
    let hasMore = true;
    for (let i = 0; hasMore && i < MESSAGES_PER_TURN && now - beganAt < TURN_MS; i++) {
      hasMore = this.#readNext(now);
      now = clock.now();
    }
    return hasMore && this.link.isOpen;
  }

  /** False when there is nothing to read now. */
  #readNext(now: number): boolean {
    if (!this.#mayRead) {
      this.#isHeld = this.link.isOpen;
      return false;
    }
    const payload = this.link.receive();
    if (payload === null) return false;
    this.#heardAt = now;
    this.#take(payload);
    return true;
  }

  #take(payload: Uint8Array): void {
    if (payload[0] === RESULT_TAG) {
      this.#requests.settle(payload);
      return;
    }
    const { handler } = this.#context;
    try {
      this.#handle(payload, handler);
    } catch (error) {
      handler.fault(this, error);
      this.close("internal error");
    }
  }

  #handle(payload: Uint8Array, handler: MessageHandler): void {
    if (handler.unread(this, payload)) return;
    const message = this.read(payload);
    if (message !== null) handler.message(this, message, payload);
  }

  /** The message in a payload; null when there is none, which the handler has heard of then. */
  read(payload: Uint8Array): Message | null {
    const { table, source, handler } = this.#context;
    try {
      return readMessage(decodeMultiCell(payload, table, source));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      handler.unreadable(this, error, payload);
      return null;
    }
  }

  close(reason: string): void {
    this.link.close(reason);
  }

  #closed(reason: string): void {
    this.#context.turns.remove(this);
    this.#requests.rejectAll(reason);
    this.#context.handler.closed(this, reason);
  }

  /** Looks after time-outs; called every second. */
  check(nowMs: number): void {
    this.link.check(nowMs);
    if (!this.isOpen) return;
    const silence = this.silenceMs(nowMs);
    if (this.isKeptAlive) {
      if (silence > KEEP_ALIVE_MS && !this.#isAsked) void this.#askForLife();
    } else if (silence > IDLE_TIMEOUT_MS && this.#unanswered === 0) {
      this.close("nothing was heard of it");
    }
  }

  /** Any answer will do, also that the other end knows no PING. */
  async #askForLife(): Promise<void> {
    this.#isAsked = true;
    try {
      await this.request(pingRequest, PING_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof NoReplyError)) throw error;
      const silence = this.silenceMs(this.#context.clock.now());
      if (error.code === "TIMEOUT" && silence > KEEP_ALIVE_MS)
        this.close("it gave no sign of life");
    } finally {
      this.#isAsked = false;
    }
  }
}

/** Whether an error says that what another peer has sent can't be read. */
export function isUnreadable(error: unknown): error is UnreadableError {
  return (
    error instanceof BadFormatError ||
    error instanceof BadStructureError ||
    error instanceof MissingDataError
  );
}
