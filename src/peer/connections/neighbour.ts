// A peer at the other end of a connection, as consensus sees it: the key that it has proved, what
// it has said of itself and when, and what it can be asked for.

import { HASH_LENGTH, keyOf } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { isInteger } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import {
  CHALLENGE_TIMEOUT_MS,
  PLAIN_MESSAGE_BYTES,
  REPLY_CELL_BYTES,
  REQUEST_TIMEOUT_MS,
} from "../../net/bounds.ts";
import {
  type ChallengeIdentity,
  makeChallenge,
  provenKey,
  TOKEN_LENGTH,
} from "../../net/challenge.ts";
import { type Connection, isUnreadable } from "../../net/connection.ts";
import type { LinkClock } from "../../net/link.ts";
import { challengeRequest, dataRequest, pingRequest, statusRequest } from "../../net/message.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import { CONSENSUS_LEVELS } from "../../state/order.ts";
import type { BeliefSender } from "../beliefs/belief-intake.ts";
import type { BeliefReceiver } from "../beliefs/propagation.ts";
import type { Random } from "../random.ts";
import { addressText, type PeerAddress } from "./peer-address.ts";

/** What a peer says of itself (sheet 04 §5.4), nobody having checked it. Hashes as keys. */
export interface RemoteStatus {
  readonly belief: string;
  readonly state: string;
  readonly genesis: string;
  /** Key of the peer, 32 bytes as 32 characters. */
  readonly peer: string;
  /** [blocks, proposal, consensus, finality]. */
  readonly points: readonly number[];
}

/** How a connection came about. */
export interface Origin {
  readonly direction: "incoming" | "outgoing";
  /** Whether the operator has named its address. */
  readonly isNamed: boolean;
  /** Where it was dialled, or where it comes from. */
  readonly address: PeerAddress;
}

export class Neighbour implements BeliefSender, BeliefReceiver {
  readonly connection: Connection;
  readonly origin: Origin;
  /** Key of the peer (32 characters) that it has proved to be, null until then. */
  key: string | null = null;
  /** When anything was heard of its consensus, by itself or asked for. */
  heardAtMs = Number.NEGATIVE_INFINITY;
  /** When it last sent, without being asked, a Belief in which nothing was missing. */
  pushedAtMs = Number.NEGATIVE_INFINITY;
  /** Whether it has been sent a challenge that it has not answered yet. */
  isProving = false;
  /** Whether it is being asked for its status and Belief, and when it was last. */
  isPolled = false;
  polledAtMs = Number.NEGATIVE_INFINITY;
  /** Milliseconds by which its clock is ahead of this peer's, null when it has not told. */
  clockSkewMs: number | null = null;
  /** When it was last asked for its time. */
  timedAtMs = Number.NEGATIVE_INFINITY;
  /** Whether the Belief it reported last could not be had, or lacks something yet. */
  isIncomplete = false;
  /** Hash key of the Belief that was last fetched of it when it was asked, null before. */
  polledBelief: string | null = null;

  constructor(connection: Connection, origin: Origin) {
    this.connection = connection;
    this.origin = origin;
  }

  get isOpen(): boolean {
    return this.connection.isOpen;
  }
  get isTrusted(): boolean {
    return this.key !== null || this.origin.isNamed;
  }
  /**
   * By what the State that it reports is noted: the key it has proved, else its address, which has
   * no stake. A named host without a proven key may claim any.
   */
  get reporter(): string {
    return this.key ?? addressText(this.origin.address);
  }
  get queuedBytes(): number {
    return this.connection.link.queuedBytes;
  }

  sendPayload(payload: Uint8Array): boolean {
    return this.connection.sendPayload(payload);
  }

  /** @throws NoReplyError; BadFormatError, BadStructureError when the reply is no message */
  async cells(hashKeys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const bytesMax = PLAIN_MESSAGE_BYTES + hashKeys.length * REPLY_CELL_BYTES;
    const build = (id: number) => dataRequest(id, hashKeys);
    const reply = await this.connection.request(build, REQUEST_TIMEOUT_MS, bytesMax);
    const cells = reply.dataCells(hashKeys);
    if (cells.size === 0 && reply.errorCode !== null) {
      throw new NoReplyError("LOAD", `the peer answers with ${reply.errorCode}`);
    }
    return cells;
  }

  /**
   * What the peer says of itself; null when it answers something else.
   * @throws NoReplyError
   */
  async askStatus(timeoutMs = REQUEST_TIMEOUT_MS): Promise<RemoteStatus | null> {
    const reply = await this.connection.request(statusRequest, timeoutMs, PLAIN_MESSAGE_BYTES);
    return readable(() => readStatus(reply.value));
  }

  /** Compares clocks. @throws NoReplyError */
  async askTime(clock: LinkClock): Promise<void> {
    const askedAt = clock.now();
    const { connection } = this;
    const reply = await connection.request(pingRequest, REQUEST_TIMEOUT_MS, PLAIN_MESSAGE_BYTES);
    const value = readable(() => (reply.errorCode === null ? reply.value : null));
    if (!isInteger(value)) return;
    this.clockSkewMs = Number(value) - (askedAt + clock.now()) / 2;
  }

  /**
   * Has the other end prove its key, once at a time. Null when it proves none.
   * @param expected key that it must be, null when any will do
   */
  async prove(
    identity: ChallengeIdentity,
    random: Random,
    expected: Uint8Array | null,
  ): Promise<Uint8Array | null> {
    if (this.isProving) return null;
    this.isProving = true;
    try {
      const challenge = makeChallenge(identity, random.bytes(TOKEN_LENGTH), expected);
      const build = (id: number) => challengeRequest(id, challenge.signed);
      const { connection } = this;
      const reply = await connection.request(build, CHALLENGE_TIMEOUT_MS, PLAIN_MESSAGE_BYTES);
      return readable(() => {
        if (reply.errorCode !== null) return null;
        return provenKey(identity, challenge, reply.value, expected);
      });
    } finally {
      this.isProving = false;
    }
  }
}

/** What a reply says, null when it can't be read: the other end may have written anything. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

const STATUS_FIELDS = ["belief", "states", "genesis", "peer", "state"] as const;

/** A status of any length from nine, or as a map (sheet 06 §1.7); null when it is neither. */
function readStatus(value: Value): RemoteStatus | null {
  const field = (index: number, name: string): Value => {
    if (value instanceof Vector) return index < value.count ? value.get(index) : null;
    return value instanceof CVMMap ? (value.get(Keyword.of(name)) ?? null) : null;
  };
  const keys = STATUS_FIELDS.map((name, index) => hashIn(field(index, name)));
  const [belief, states, genesis, peer, state] = keys;
  const points = field(CONSENSUS_FIELD, "consensus");
  if (!belief || !genesis || !peer || !(points instanceof Vector)) return null;
  if (points.count < CONSENSUS_LEVELS) return null;
  const stateKey = state ?? states;
  if (!stateKey) return null;
  return { belief, genesis, peer, state: stateKey, points: numbersOf(points) };
}

const CONSENSUS_FIELD = 8;

/** Numbers of blocks, so that none is negative, whatever is claimed. */
function numbersOf(points: Vector): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < CONSENSUS_LEVELS; i++) {
    const point = points.get(i);
    numbers.push(isInteger(point) ? Math.max(0, Number(point)) : 0);
  }
  return numbers;
}

/** A hash as a key; null for what is none. */
function hashIn(value: Value): string | null {
  return value instanceof Blob && value.count === HASH_LENGTH ? keyOf(value.toBytes()) : null;
}
