// A peer among others: what comes in on connections and concerns consensus goes to the intake, what
// the peer believes goes out, connections are opened and looked after, and the peer is told who can
// be reached. Everything it needs of the world (time, chance, links) is injected.

import { keyOf } from "../crypto/sha3.ts";
import type { Cell } from "../data/cell.ts";
import type { ChallengeIdentity } from "../net/challenge.ts";
import type { Connection } from "../net/connection.ts";
import type { Link } from "../net/link.ts";
import { beliefIn } from "../net/message.ts";
import type { Belief } from "../state/belief.ts";
import type { Store } from "../store/store.ts";
import { BeliefIntake } from "./beliefs/belief-intake.ts";
import { Polling } from "./beliefs/polling.ts";
import { Propagation } from "./beliefs/propagation.ts";
import { StateComparison } from "./beliefs/state-comparison.ts";
import type { ReceivedCells } from "./cells/received-cells.ts";
import type { BeliefHandler } from "./clients/belief-handler.ts";
import type { MessageServer } from "./clients/message-server.ts";
import { type Clock, steadyOf } from "./clock.ts";
import type { Bans } from "./connections/bans.ts";
import { clockSkewMs } from "./connections/clock-skew.ts";
import { Neighbour, type Origin, type RemoteStatus } from "./connections/neighbour.ts";
import { Neighbours } from "./connections/neighbours.ts";
import { type Dial, Outgoing } from "./connections/outgoing.ts";
import { Reachability } from "./connections/reachability.ts";
import { ReadingDebts } from "./connections/reading-debts.ts";
import { Strangers } from "./connections/strangers.ts";
import {
  SERVER_CONNECTION_PAUSE,
  UNTRUSTED_BELIEF_BYTES_MAX,
  WHOLE_MESSAGE_BYTES,
} from "./network-bounds.ts";
import { UrlPublisher } from "./operator/url-publisher.ts";
import type { Peer } from "./peer.ts";
import type { Random } from "./random.ts";
import { aside } from "./store-guard.ts";

const BANNED = "it is banned";

export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly received: ReceivedCells;
  readonly bans: Bans;
  readonly dial: Dial;
  /** Number of outgoing connections wanted. */
  readonly outgoing: number;
  /** Whether published addresses of private networks are dialled. */
  readonly allowsPrivate: boolean;
  /** Address of this peer that others are to find in the State, null when it does not matter. */
  readonly url: string | null;
  /** Hears of what others do wrong, for the log. */
  readonly onNotice: (notice: string) => void;
}

export class PeerNetwork implements BeliefHandler {
  readonly reachability: Reachability;
  readonly #options: NetworkOptions;
  readonly #neighbours = new Neighbours();
  readonly #propagation: Propagation;
  /** For how long something is ago. */
  readonly #steady: Clock;
  #parts: Parts | null = null;
  #cancelTick: (() => void) | null = null;
  #isClosed = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#steady = steadyOf(options.clock);
    this.#propagation = new Propagation(this.#steady);
    this.reachability = new Reachability(this.#steady, () => this.#neighbours);
  }

  /** Begins, once the peer and its message server are there. */
  start(peer: Peer, server: MessageServer, identity: ChallengeIdentity): void {
    const { clock, random, store, received, url, onNotice } = this.#options;
    const intake = new BeliefIntake({
      peer,
      store,
      clock,
      received,
      providerOf: (sender) =>
        sender instanceof Neighbour ? this.#neighbours.providerOf(sender) : sender,
      onUnderstood: (sender) => {
        if (sender instanceof Neighbour) this.#understood(sender, peer);
      },
      onSpent: (sender, ms) => {
        if (sender instanceof Neighbour) this.#spent(sender, ms);
      },
      onOrder: (key, isNew, blocks) => this.reachability.order(key, isNew, blocks),
      onFault: onNotice,
    });
    const outgoing = new Outgoing({
      ...this.#options,
      clock: this.#steady,
      publicKey: peer.publicKey,
      network: keyOf(identity.network),
      target: this.#options.outgoing,
      attach: (link, origin) => this.#attach(server, link, origin),
      prove: (neighbour, expected) => neighbour.prove(identity, random, expected),
      onConnected: (neighbour) => this.#connected(neighbour),
      onUnreachable: (key) => this.reachability.gone(key),
    });
    const polling = new Polling({
      clock,
      intake,
      neighbours: () => outgoing.connected,
      isBusy: () => peer.progress.unfinished > 0,
      onStatus: (neighbour, status) => this.#status(neighbour, status),
    });
    const debts = new ReadingDebts({
      clock: this.#steady,
      state: () => peer.state(),
      pause: ({ connection }, ms) => server.pause(connection, ms),
    });
    const strangers = new Strangers({
      ...this.#options,
      peer,
      identity,
      take: (neighbour, payload) => intake.take(neighbour, payload),
      onProved: (neighbour, waiting) => {
        if (neighbour.key !== null) outgoing.isBack(neighbour.key, peer.state());
        debts.proved(neighbour);
        this.#chooseReceivers();
        if (waiting !== null) this.#take(neighbour, waiting, UNTRUSTED_BELIEF_BYTES_MAX);
      },
    });
    const comparison = new StateComparison(peer);
    const { keyPair } = identity;
    const publisher =
      url === null ? null : new UrlPublisher({ peer, keyPair, url, clock: this.#steady, onNotice });
    const main = { peer, server, intake, debts, strangers };
    this.#parts = { ...main, outgoing, polling, comparison, publisher };
    this.#propagation.publish(peer.belief, peer.order, peer.publicKey);
    polling.plan();
  }

  get isStarted(): boolean {
    return this.#parts !== null;
  }
  get outgoing(): Outgoing {
    return this.#running.outgoing;
  }
  /** All that take part in consensus, or want to. */
  get neighbours(): Iterable<Neighbour> {
    return this.#neighbours;
  }
  get comparison(): StateComparison {
    return this.#running.comparison;
  }

  get #running(): Parts {
    if (this.#parts === null) throw new Error("the network has not been started");
    return this.#parts;
  }

  /** Sends a new Belief to everybody. */
  publish(belief: Belief): void {
    const parts = this.#parts;
    if (parts === null || this.#isClosed) return;
    const { peer } = parts;
    this.reachability.followed(peer.order?.blockCount ?? 0);
    this.#propagation.publish(belief, peer.order, peer.publicKey);
  }

  /** Whether somebody may depend on this peer to hear what others say. */
  get isRelay(): boolean {
    return this.#propagation.isRelay;
  }

  /** The peer has worked: it may have something to wait for now. */
  passed(): void {
    if (!this.#isClosed) this.#parts?.polling.plan();
  }

  /** Takes over a connection that came in. */
  accept(link: Link): void {
    const connection = this.#running.server.attach(link);
    if (this.#options.bans.hasHost(link.remote.host)) connection.close(BANNED);
  }

  /** Closes all connections to a peer or host. */
  drop(matches: (neighbour: Neighbour) => boolean, reason: string): number {
    const dropped = [...this.#neighbours].filter(matches);
    for (const { connection } of dropped) connection.close(reason);
    return dropped.length;
  }

  /** Closes all connections that are banned by now, those of clients too: their number. */
  dropBanned(): number {
    const { bans } = this.#options;
    const isBanned = ({ key, origin }: Neighbour) =>
      (key !== null && bans.hasKey(key)) || bans.hasHost(origin.address.host);
    const dropped = this.drop(isBanned, BANNED);
    const clients = [...this.#running.server.connections];
    const banned = clients.filter(({ link }) => bans.hasHost(link.remote.host));
    for (const connection of banned) connection.close(BANNED);
    return dropped + banned.length;
  }

  /**
   * Takes nothing in any more: what comes while the connections end would find the store closed.
   */
  close(): void {
    this.#isClosed = true;
    this.#cancelTick?.();
    this.#parts?.polling.stop();
    this.#parts?.outgoing.close();
    this.#parts?.strangers.close();
    this.#parts?.intake.close();
    this.#propagation.stop();
  }

  onBelief(connection: Connection, payload: Cell, bytes: number): void {
    if (this.#isClosed) return;
    const neighbour = this.#neighbours.at(connection);
    if (neighbour.isTrusted) this.#take(neighbour, payload, bytes);
    else this.#running.strangers.onBelief(neighbour, () => payload, bytes);
  }

  /**
   * A stranger's is read when its turn comes. Of a very long one from a peer that can be asked for
   * its parts, only the top cell is read, and the others one by one as they are needed: all at once
   * they can take gigabytes.
   */
  onLongBelief(connection: Connection, payload: Uint8Array): boolean {
    if (this.#isClosed) return true;
    const neighbour = this.#neighbours.at(connection);
    if (!neighbour.isTrusted) {
      const read = () => beliefIn(connection.read(payload));
      this.#running.strangers.onBelief(neighbour, read, payload.length);
      this.#running.server.pause(connection);
      return true;
    }
    if (payload.length <= WHOLE_MESSAGE_BYTES) return false;
    const top = this.#options.received.keepParts(payload);
    if (top === null) return false;
    const belief = beliefIn(connection.read(top));
    if (belief !== null) this.onBelief(connection, belief, top.length);
    return true;
  }

  onIncompleteBelief(connection: Connection, missingKey: string): void {
    if (this.#isClosed) return;
    const neighbour = this.#neighbours.at(connection);
    const { intake } = this.#running;
    if (neighbour.isTrusted) aside(this.#steady, intake.fetchCell(neighbour, missingKey));
    else this.#running.strangers.challenge(neighbour);
  }

  onChallenge(connection: Connection): void {
    this.#running.strangers.challenge(this.#neighbours.at(connection));
  }

  onDataRequest(connection: Connection): void {
    const neighbour = this.#neighbours.find(connection);
    if (neighbour === null) return;
    for (const same of this.#neighbours.samePeer(neighbour)) this.#propagation.noteFetch(same);
  }

  onSpent(connection: Connection, ms: number): void {
    const neighbour = this.#neighbours.find(connection);
    if (neighbour !== null) this.#spent(neighbour, ms);
  }

  #spent(neighbour: Neighbour, ms: number): void {
    this.#parts?.debts.add(neighbour, ms, () => this.#neighbours.samePeer(neighbour));
  }

  onClosed(connection: Connection): void {
    const neighbour = this.#neighbours.remove(connection);
    if (neighbour === null) return;
    this.#parts?.strangers.forget(neighbour);
    this.#propagation.remove(neighbour);
    this.#parts?.intake.forget(neighbour);
    this.#parts?.outgoing.closed(neighbour);
    const { key } = neighbour;
    const wasLast = this.#neighbours.samePeer(neighbour).length === 1;
    if (key !== null && wasLast) this.reachability.gone(key);
    this.#forgetReport(neighbour);
    this.#chooseReceivers();
  }

  /** What a peer said of its State goes with its last connection. */
  #forgetReport(neighbour: Neighbour): void {
    const reporter = neighbour.reporter;
    for (const other of this.#neighbours) if (other.reporter === reporter) return;
    this.#parts?.comparison.forget(reporter);
  }

  #take(neighbour: Neighbour, payload: Cell, bytes: number): void {
    const { intake, peer } = this.#running;
    const sameOnes = this.#neighbours.samePeer(neighbour);
    for (const same of sameOnes) this.#propagation.noteReceived(same, payload);
    this.reachability.heard(neighbour);
    // A push in which something is missing does not count as one: its sender is polled on.
    if (intake.take(neighbour, payload, bytes)) {
      for (const same of sameOnes) same.pushedAtMs = this.#steady.now();
    }
    if (!peer.isVoting) peer.wake();
  }

  #understood(neighbour: Neighbour, peer: Peer): void {
    this.reachability.understood(neighbour);
    if (!peer.isVoting) peer.wake();
  }

  #status(neighbour: Neighbour, status: RemoteStatus): void {
    const { comparison, peer } = this.#running;
    this.reachability.heard(neighbour);
    comparison.report(neighbour.reporter, status, this.#steady.now());
    if (!peer.isVoting) peer.wake();
  }

  #attach(server: MessageServer, link: Link, origin: Origin): Neighbour {
    const connection = server.attach(link, { isKeptAlive: true });
    const neighbour = new Neighbour(connection, origin);
    if (connection.isOpen) this.#neighbours.add(neighbour);
    return neighbour;
  }

  #connected(neighbour: Neighbour): void {
    if (neighbour.key !== null) neighbour.connection.trust();
    this.#running.debts.proved(neighbour);
    this.#chooseReceivers();
    this.#running.polling.plan();
  }

  /**
   * Beliefs go out on the connections this peer has opened, as a peer of the reference takes them
   * only there, and to others that have proved their key and that it has no connection of its own
   * to.
   */
  #chooseReceivers(): void {
    if (this.#isClosed || this.#parts === null) return;
    const { outgoing } = this.#parts;
    const reached = new Set<string>();
    for (const neighbour of outgoing.connected) {
      if (neighbour.key !== null) reached.add(neighbour.key);
      this.#propagation.add(neighbour);
    }
    for (const neighbour of this.#neighbours) {
      if (neighbour.origin.direction === "outgoing" || neighbour.key === null) continue;
      if (reached.has(neighbour.key)) this.#propagation.remove(neighbour);
      else this.#propagation.add(neighbour);
      reached.add(neighbour.key);
    }
  }

  /** Looks after everything, from now on every half second. */
  tick(): void {
    if (this.#isClosed) return;
    this.#cancelTick?.();
    // First of all: what follows may find that the store can't be read.
    this.#cancelTick = this.#options.clock.after(SERVER_CONNECTION_PAUSE, () => this.tick());
    const { outgoing, peer, intake, publisher, comparison } = this.#running;
    this.reachability.tick();
    publisher?.tick();
    outgoing.tick(peer.state());
    peer.compare(comparison.divergence, clockSkewMs(this.#neighbours));
    if (peer.isForked) intake.reconsider();
    peer.refuseHopeless();
    if (!peer.isVoting) peer.wake();
  }
}

interface Parts {
  readonly peer: Peer;
  readonly server: MessageServer;
  readonly intake: BeliefIntake;
  readonly debts: ReadingDebts;
  readonly strangers: Strangers;
  readonly outgoing: Outgoing;
  readonly polling: Polling;
  readonly comparison: StateComparison;
  readonly publisher: UrlPublisher | null;
}
