// hot: see test/bench. Answers the messages that come on any connection (sheet 04 §5.3): the binary
// API, which clients and peers use alike. Beliefs are handed on (belief-handler.ts). No connection
// can make this peer fail, or keep its consensus waiting.

import type { DecodeTable } from "../../data/byte-reader.ts";
import { MissingDataError, type Value } from "../../data/cell.ts";
import { encodeMultiCell } from "../../data/multi-cell.ts";
import type { SignedData } from "../../data/signed.ts";
import {
  LONG_BYTES,
  LONG_MESSAGE_BYTES,
  NOT_READ_PAUSE_MS,
  OWN_BUFFER_BYTES,
  SHARED_READ_BYTES,
  SHARED_WRITE_BYTES,
  TURN_SLICE_MS,
} from "../../net/bounds.ts";
import type { ChallengeIdentity } from "../../net/challenge.ts";
import {
  Connection,
  type MessageHandler,
  UNREAD_ANSWERS,
  type UnreadableError,
} from "../../net/connection.ts";
import type { Link } from "../../net/link.ts";
import type {
  ChallengeMessage,
  DataRequestMessage,
  Message,
  QueryMessage,
  TransactMessage,
} from "../../net/message.ts";
import { SharedBuffer } from "../../net/shared-buffer.ts";
import type { LinkMemory } from "../../net/tcp-link.ts";
import { Turns } from "../../net/turns.ts";
import { Result } from "../../state/result.ts";
import { Allowance } from "../allowance.ts";
import { RESULT_BYTES_MAX } from "../bounds.ts";
import { type Clock, steadyOf } from "../clock.ts";
import { OpenConnections } from "../connections/open-connections.ts";
import type { PeerApi } from "../peer-api.ts";
import { peerError } from "../peer-result.ts";
import { CHECK_IN_PLACE, type SignatureChecks } from "../signatures/signature-checks.ts";
import type { BeliefHandler } from "./belief-handler.ts";
import { longMessage } from "./long-messages.ts";
import { challengeResult, dataReplyPayload, statusVector } from "./message-answers.ts";
import { QueryLane } from "./query-lane.ts";
import { QueryMemo } from "./query-memo.ts";
import { TransactionIntake } from "./transaction-intake.ts";
import { unreadableMessage } from "./unreadable-messages.ts";

export interface MessageServerOptions {
  readonly peer: PeerApi;
  /** Key and network that challenges are answered with. */
  readonly identity: ChallengeIdentity;
  readonly clock: Clock;
  /** Reads everything a message may hold. */
  readonly table: DecodeTable;
  readonly beliefs: BeliefHandler;
  /** Where signatures of transactions are checked; in place when absent. */
  readonly signatures?: SignatureChecks;
  /** Hears of failures that are this peer's own fault. */
  readonly onFault: (error: unknown, where: string) => void;
}

export interface AttachOptions {
  /** Silence is answered with a question, and no answer with the end. */
  readonly isKeptAlive?: boolean;
}

const UNRECOGNISED = "Unrecognised message type";
/** Why a connection ends: what it asked can't be answered, and it would wait (sheet 04 §5.3). */
const INCOMPLETE_QUERY = "its query lacks an id, or elements";

export class MessageServer implements MessageHandler {
  /** Memory of all TCP and WebSocket links. */
  readonly memory: LinkMemory = {
    reading: new SharedBuffer(SHARED_READ_BYTES, OWN_BUFFER_BYTES),
    writing: new SharedBuffer(SHARED_WRITE_BYTES, OWN_BUFFER_BYTES),
  };
  readonly #options: MessageServerOptions;
  /** For durations, also on the links. */
  readonly #steady: Clock;
  readonly #peer: PeerApi;
  readonly #turns: Turns;
  readonly #lane: QueryLane;
  readonly #open: OpenConnections;
  readonly #memo = new QueryMemo();
  readonly #intake: TransactionIntake;
  /** Bounds the bytes of long messages, except Beliefs, from all connections together. */
  readonly #allowance: Allowance;

  constructor(options: MessageServerOptions) {
    this.#options = options;
    this.#peer = options.peer;
    this.#steady = steadyOf(options.clock);
    this.#open = new OpenConnections(this.#steady);
    this.#turns = new Turns(this.#steady, TURN_SLICE_MS);
    this.#lane = new QueryLane(this.#steady);
    this.#allowance = new Allowance(this.#steady, LONG_BYTES);
    this.#intake = new TransactionIntake(this.#steady, options.signatures ?? CHECK_IN_PLACE);
  }

  /** All open connections, whoever opened them. */
  get connections(): ReadonlySet<Connection> {
    return this.#open.all;
  }

  /** Numbers for the operator. */
  get load(): { readonly connections: number; readonly waitingQueries: number } {
    return { connections: this.#open.all.size, waitingQueries: this.#lane.waiting };
  }

  /** Serves a link from now on. */
  attach(link: Link, { isKeptAlive = false }: AttachOptions = {}): Connection {
    const { table } = this.#options;
    const context = {
      clock: this.#steady,
      turns: this.#turns,
      table,
      source: this.#peer.cells,
      handler: this,
    };
    const connection = new Connection(link, context, isKeptAlive);
    this.#open.add(connection);
    return connection;
  }

  /** Closes a connection that matters less than a new one; false when there is none. */
  makeRoom(): boolean {
    return this.#open.makeRoom();
  }

  /**
   * Says goodbye to all, and takes no more connections; what is queued for sending goes out first.
   */
  close(): void {
    this.#open.close();
  }

  unread(connection: Connection, payload: Uint8Array): boolean {
    if (payload.length > LONG_MESSAGE_BYTES) return this.#long(connection, payload);
    const known = this.#memo.reply(payload, this.#peer.state(), this.#steady.now());
    if (known === null) return false;
    if (!connection.sendPayload(known)) connection.close(UNREAD_ANSWERS);
    return true;
  }

  #long(connection: Connection, payload: Uint8Array): boolean {
    const long = longMessage(payload, (bytes) => this.#allowance.take(bytes));
    switch (long.type) {
      case "READ":
        return false;
      case "BELIEF":
        return this.#options.beliefs.onLongBelief(connection, payload);
      case "QUERY":
        this.#later(connection, long.id, payload.length, async () => {
          const message = connection.read(payload);
          if (message?.type === "QUERY") await this.#run(connection, message, payload);
        });
        return true;
      case "REFUSED":
        if (long.result !== null) this.#answer(connection, long.result);
        this.pause(connection);
        return true;
    }
  }

  /** Does not read a connection for a while: even a message that is refused has taken memory. */
  pause(connection: Connection, ms = NOT_READ_PAUSE_MS): void {
    connection.pause();
    this.#steady.after(ms, () => connection.resume());
  }

  message(connection: Connection, message: Message, payload: Uint8Array): void {
    switch (message.type) {
      case "STATUS":
        if (message.id !== null) this.#status(connection, message.id);
        return;
      case "PING":
        if (message.id === null) return;
        this.#answer(connection, Result.of({ id: message.id, result: this.#options.clock.now() }));
        return;
      case "QUERY":
        this.#query(connection, message, payload);
        return;
      case "TRANSACT":
        this.#transact(connection, message, payload.length);
        return;
      case "DATA_REQUEST":
        this.#dataRequest(connection, message, payload.length);
        return;
      case "CHALLENGE":
        this.#challenge(connection, message, payload.length);
        return;
      case "BELIEF":
        this.#options.beliefs.onBelief(connection, message.payload, payload.length);
        return;
      case "GOODBYE":
        connection.close("the other side said goodbye");
        return;
      case "RESULT":
        return;
      case "LATTICE_VALUE":
      case "LATTICE_QUERY":
      case "UNKNOWN":
        // What is newer than this peer is refused in words (sheet 06 §5.1).
        if (message.id !== null) this.#refuse(connection, message.id, "FORMAT", UNRECOGNISED);
    }
  }

  #status(connection: Connection, id: Value): void {
    this.#answer(connection, Result.of({ id, result: statusVector(this.#peer.status()) }));
  }

  #query(connection: Connection, message: QueryMessage, payload: Uint8Array): void {
    const { id, isComplete } = message;
    if (!isComplete || id === null) connection.close(INCOMPLETE_QUERY);
    else this.#later(connection, id, payload.length, () => this.#run(connection, message, payload));
  }

  async #run(connection: Connection, message: QueryMessage, payload: Uint8Array): Promise<void> {
    const { id, isComplete, form, address } = message;
    if (!isComplete || id === null) return connection.close(INCOMPLETE_QUERY);
    const state = this.#peer.state();
    const result = await this.#peer.query(form, address, "decoded");
    const reply = this.#answer(connection, result.withId(id));
    if (result.isError || reply === null) return;
    this.#memo.remember(payload, reply, state, this.#steady.now());
  }

  /** Without an id a transaction is not run, since nobody could be answered (sheet 04 §7). */
  #transact(connection: Connection, { id, signed }: TransactMessage, bytes: number): void {
    if (id === null) return;
    if (signed === null) {
      this.#refuse(connection, id, "FORMAT", "Bad Message Format!");
      return;
    }
    connection.awaitAnswer(bytes);
    this.#intake.add(connection, signed, () => this.#submit(connection, id, signed, bytes));
  }

  #submit(connection: Connection, id: Value, signed: SignedData, bytes: number): void {
    const answer = (result: Result) => {
      connection.answered(bytes);
      this.#answer(connection, result.withId(id));
    };
    const fail = (error: unknown) => {
      connection.answered(bytes);
      this.#failed(connection, id, error);
    };
    this.#peer.submit(signed).then(answer, fail);
  }

  /** A request for too many hashes, or for something that is no hash, is not answered. */
  #dataRequest(connection: Connection, { id, hashes }: DataRequestMessage, bytes: number): void {
    if (hashes === null) return;
    this.#options.beliefs.onDataRequest(connection);
    // A few bytes can name the same hash many times.
    this.#later(connection, id, bytes + hashes.length, async () => {
      connection.sendPayload(dataReplyPayload(id, hashes, this.#peer.cells));
    });
  }

  #challenge(connection: Connection, { id, body }: ChallengeMessage, bytes: number): void {
    if (id !== null) {
      this.#later(connection, id, bytes, async () => {
        this.#answer(connection, challengeResult(this.#options.identity, id, body));
      });
    }
    this.#options.beliefs.onChallenge(connection);
  }

  /** Does a job when its turn comes, or refuses it when too many wait. */
  #later(connection: Connection, id: Value, bytes: number, job: () => Promise<void>): void {
    connection.awaitAnswer(bytes);
    const isTaken = this.#lane.add(connection, async () => {
      try {
        if (connection.isOpen) await job();
      } catch (error) {
        this.#failed(connection, id, error);
      } finally {
        connection.answered(bytes);
      }
    });
    if (isTaken) return;
    connection.answered(bytes);
    this.#refuse(connection, id, "LOAD", "Trx overload");
  }

  #failed(connection: Connection, id: Value, error: unknown): void {
    if (error instanceof MissingDataError) {
      this.#refuse(connection, id, "MISSING", error.message);
      return;
    }
    this.#options.onFault(error, "a message");
    this.#refuse(connection, id, "EXCEPTION", "The peer can't answer: its operator's log says why");
  }

  #refuse(
    connection: Connection,
    id: Value,
    code: "EXCEPTION" | "FORMAT" | "LOAD" | "MISSING",
    message: string,
  ): void {
    this.#answer(connection, peerError(code, message).withId(id));
  }

  /**
   * Sends a Result; its payload, null when it was not sent. An end that reads nothing is closed.
   */
  #answer(connection: Connection, result: Result): Uint8Array | null {
    if (!connection.isOpen) return null;
    const payload = this.#encode(result);
    if (connection.sendPayload(payload)) return payload;
    connection.close(UNREAD_ANSWERS);
    return null;
  }

  #encode(result: Result): Uint8Array {
    try {
      return encodeMultiCell(result, RESULT_BYTES_MAX);
    } catch (error) {
      if (!(error instanceof MissingDataError)) throw error;
      return encodeMultiCell(peerError("MISSING", error.message).withId(result.id));
    }
  }

  unreadable(connection: Connection, error: UnreadableError, payload: Uint8Array): void {
    const found = unreadableMessage(payload, error, this.#peer.cells);
    switch (found.type) {
      case "BELIEF":
        this.#options.beliefs.onIncompleteBelief(connection, found.missingKey);
        return;
      case "REFUSED":
        if (found.result !== null) this.#answer(connection, found.result);
        return;
      case "CLOSE":
        connection.close(INCOMPLETE_QUERY);
    }
  }

  fault(connection: Connection, error: unknown): void {
    const { host, port } = connection.link.remote;
    this.#options.onFault(error, `a message from ${host}:${port}`);
  }

  spent(connection: Connection, ms: number): void {
    this.#options.beliefs.onSpent(connection, ms);
  }

  writable(connection: Connection): void {
    this.#lane.resume(connection);
  }

  closed(connection: Connection, reason: string): void {
    if (!this.#open.remove(connection)) return;
    this.#lane.remove(connection);
    this.#intake.remove(connection);
    this.#options.beliefs.onClosed(connection, reason);
  }
}
