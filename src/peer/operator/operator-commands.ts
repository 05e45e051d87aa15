// What the operator of a peer, and nobody else, can ask of it while it runs (sheet 00 O21): its
// connections, and changes to them. Reached by the socket in the data directory.

import { hexOfKey, toHex } from "../../crypto/hex.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import { type Clock, steadyOf } from "../clock.ts";
import { type Bans, BansError, bannedKey } from "../connections/bans.ts";
import { canonicalHost } from "../connections/host-form.ts";
import type { Neighbour } from "../connections/neighbour.ts";
import {
  addressText,
  type NamedHost,
  type PeerAddress,
  readNamedHost,
} from "../connections/peer-address.ts";
import { healthOf } from "../health.ts";
import type { NetworkedPeer } from "../networked-peer.ts";
import { isKeyPart, KeyPartError, wholeKey } from "./key-part.ts";
import {
  banTarget,
  connectTarget,
  dropTarget,
  outgoingTarget,
  TargetError,
  unbanTarget,
} from "./operator-targets.ts";

/** Commands by name; those about others say whom they mean. */
const OPERATOR_COMMANDS = [
  "list",
  "status",
  "stop",
  "bans",
  "ban",
  "unban",
  "connect",
  "drop",
  "outgoing",
] as const;
/** Answered before these, by what knows of the log. */
const LOG_COMMAND = "log-level";
const EXPECTED_COMMAND = `expected a command of ${[...OPERATOR_COMMANDS, LOG_COMMAND].join(", ")}`;
export type OperatorCommand = (typeof OPERATOR_COMMANDS)[number];

export type OperatorReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string };

/** One connection, as the operator sees it. */
export interface ConnectionReport {
  /** Key of the peer in hex, null when it has proved none. */
  readonly key: string | null;
  readonly address: string;
  readonly direction: "incoming" | "outgoing";
  /** Whether the operator has named the address. */
  readonly isNamed: boolean;
  readonly ageMs: number;
  /** Milliseconds since anything was heard of its consensus, null before. */
  readonly heardMs: number | null;
  /** Whether it comes to the same State. */
  readonly state: "same" | "different" | "unknown";
  readonly queuedBytes: number;
  /** Milliseconds by which its clock is ahead, null when it has not told. */
  readonly clockSkewMs: number | null;
}

/** A host that the operator has named, with `--join` or `peers connect`. */
export interface NamedHostReport {
  /** HOST:PORT. */
  readonly address: string;
  /** Whether this peer has a connection to it. */
  readonly isConnected: boolean;
}

/** The process that the peer lives in. */
export interface PeerProcessControl {
  /** What its operator may know of it beside consensus: ports, version, memory. */
  about(): Readonly<Record<string, unknown>>;
  /** Whether this peer itself listens at an address, as far as that is known. */
  isOwn(address: PeerAddress): boolean;
  /** Has it stop in good order, soon. */
  stop(): void;
}

/** What an operator is told, with what to do about it. */
const REFUSALS = [BansError, TargetError, KeyPartError];

const NO_PROCESS: PeerProcessControl = { about: () => ({}), isOwn: () => false, stop: () => {} };

export class OperatorCommands {
  readonly #networked: NetworkedPeer;
  readonly #bans: Bans;
  readonly #clock: Clock;
  readonly #process: PeerProcessControl;

  constructor(networked: NetworkedPeer, bans: Bans, clock: Clock, process = NO_PROCESS) {
    this.#networked = networked;
    this.#bans = bans;
    this.#clock = clock;
    this.#process = process;
  }

  /** Answers a request: an object with a command and what it is about. */
  handle(request: unknown): OperatorReply {
    if (typeof request !== "object" || request === null) return failure("expected a JSON object");
    const { command, target } = request as { command?: unknown; target?: unknown };
    try {
      return this.#run(command, typeof target === "string" ? target.trim() : "");
    } catch (error) {
      if (REFUSALS.some((kind) => error instanceof kind)) return failure((error as Error).message);
      this.#networked.peer.handleFailure(error);
      return failure((error as Error).message);
    }
  }

  #run(command: unknown, target: string): OperatorReply {
    switch (command) {
      case "list":
        return success(this.#list());
      case "status":
        return success(this.#status());
      case "stop":
        // The answer goes out first.
        this.#clock.soon(() => this.#process.stop());
        return success("stopping");
      case "bans":
        this.#readBans();
        return success(this.#bans.entries);
    }
    const isKnown = OPERATOR_COMMANDS.some((name) => name === command);
    if (!isKnown) return failure(EXPECTED_COMMAND);
    if (target === "") return failure(`${command} needs a 'target': a text that says who is meant`);
    switch (command) {
      case "ban":
        return this.#ban(target);
      case "unban":
        return this.#unban(target);
      case "connect":
        return this.#connect(connectTarget(target));
      case "drop":
        return this.#drop(this.#droppedTarget(dropTarget(target)));
      case "outgoing":
        return this.#wantOutgoing(outgoingTarget(target));
      default:
        return failure(EXPECTED_COMMAND);
    }
  }

  #status(): unknown {
    const { belief, genesis, peer, state } = this.#networked.peer.status();
    return {
      peer: toHex(peer),
      genesis: toHex(genesis),
      state: toHex(state),
      belief: toHex(belief),
      ...healthOf(this.#networked, this.#clock),
      wantedOutgoing: this.#networked.network.outgoing.target,
      banned: this.#bans.entries.length,
      namedHosts: this.#namedHosts(),
      process: this.#process.about(),
    };
  }

  #namedHosts(): NamedHostReport[] {
    const { named, connected } = this.#networked.network.outgoing;
    const there = new Set([...connected].map(({ origin }) => addressText(origin.address)));
    return named.map(addressText).map((address) => ({ address, isConnected: there.has(address) }));
  }

  #list(): ConnectionReport[] {
    const now = steadyOf(this.#clock).now();
    return [...this.#networked.network.neighbours].map((neighbour) => {
      const { key, origin, heardAtMs, connection } = neighbour;
      return {
        key: key === null ? null : hexOfKey(key),
        address: addressText(origin.address),
        direction: origin.direction,
        isNamed: origin.isNamed,
        ageMs: now - connection.openedAt,
        heardMs: heardAtMs === Number.NEGATIVE_INFINITY ? null : now - heardAtMs,
        state: key === null ? "unknown" : this.#networked.network.comparison.of(key),
        queuedBytes: neighbour.queuedBytes,
        clockSkewMs: neighbour.clockSkewMs,
      };
    });
  }

  #connectedKeys(): string[] {
    const keys = [...this.#networked.network.neighbours].map(({ key }) => key);
    return keys.filter((key) => key !== null).map((key) => hexOfKey(key));
  }

  #bannedKeys(): string[] {
    return this.#bans.entries.filter((entry) => bannedKey(entry) !== null);
  }

  #registeredKeys(): string[] {
    const keys = this.#networked.peer.state().peers.keys();
    return keys.filter((key) => key instanceof Blob).map((key) => toHex(key.toBytes()));
  }

  #bannedTarget(target: string): string {
    if (!isKeyPart(target)) return target;
    const keys = [...this.#connectedKeys(), ...this.#bannedKeys(), ...this.#registeredKeys()];
    const advice = "`convex-peer peers list` shows who is connected; give all 64 digits of others";
    return wholeKey(target, { keys, whose: "a connected or registered peer", advice });
  }

  #forgivenTarget(target: string): string {
    if (!isKeyPart(target) || this.#bans.hasHost(target)) return target;
    const advice = "`convex-peer peers bans` shows who is banned";
    return wholeKey(target, { keys: this.#bannedKeys(), whose: "a banned peer", advice });
  }

  /** A host may be named as a key begins. */
  #droppedTarget(target: string): string {
    const isNamed = this.#networked.network.outgoing.named.some(({ host }) => host === target);
    const isHost = isNamed || [...this.#networked.network.neighbours].some(this.#matcher(target));
    if (!isKeyPart(target) || isHost) return target;
    const advice = "`convex-peer peers list` shows who is connected";
    return wholeKey(target, { keys: this.#connectedKeys(), whose: "a connected peer", advice });
  }

  /**
   * The list may have been changed by hand, which would be lost with the next change. Returns what
   * to say of it.
   */
  #readBans(): string {
    if (!this.#bans.refresh()) return "";
    this.#networked.network.dropBanned();
    return "; its file was changed by hand, and counts as it stands";
  }

  /** A ban takes effect at once. */
  #ban(typed: string): OperatorReply {
    const target = this.#bannedTarget(banTarget(typed));
    if (bannedKey(target) === keyOf(this.#networked.peer.publicKey)) {
      return failure("this is the key of this peer itself, which can't be banned by itself");
    }
    const edited = this.#readBans();
    const entry = this.#bans.add(target);
    const dropped = this.#networked.network.dropBanned();
    return success(`${entry} is banned, ${countText(dropped)} closed${edited}`);
  }

  #unban(typed: string): OperatorReply {
    const edited = this.#readBans();
    const target = this.#forgivenTarget(unbanTarget(typed));
    if (this.#bans.remove(target)) return success(`${target} is no longer banned${edited}`);
    return failure(`${target} is not banned${edited}`);
  }

  #connect(address: PeerAddress): OperatorReply {
    if (this.#bans.hasHost(address.host)) return failure(`${address.host} is banned`);
    if (this.#process.isOwn(address)) {
      return failure(`${addressText(address)} is this peer itself: name another one`);
    }
    this.#networked.network.outgoing.name(address, true);
    this.#networked.network.tick();
    return success(`connecting to ${addressText(address)}, and again whenever it is lost`);
  }

  /** Holds until the peer is started again. */
  #wantOutgoing(count: number): OperatorReply {
    const { outgoing } = this.#networked.network;
    outgoing.target = count;
    this.#networked.network.tick();
    return success(`${countText(count)} to other peers wanted, until the next start`);
  }

  /** A named host that is dropped is not dialled again. */
  #drop(target: string): OperatorReply {
    const named = bannedKey(target) === null ? readNamedHost(target) : null;
    const wasNamed = named !== null && this.#unname(named);
    const dropped = this.#networked.network.drop(this.#matcher(target), "the operator dropped it");
    if (dropped === 0 && !wasNamed) return failure(`there is no connection to ${target}`);
    return success(`${countText(dropped)} closed`);
  }

  #unname(named: NamedHost): boolean {
    const { outgoing } = this.#networked.network;
    const meant = outgoing.named.filter(
      ({ host, port }) => host === named.host && (named.port === null || port === named.port),
    );
    for (const each of meant) outgoing.unname(each);
    return meant.length > 0;
  }

  /** Neighbours with this key, at this host, or at this host and port. */
  #matcher(target: string): (neighbour: Neighbour) => boolean {
    const wanted = bannedKey(target);
    const named = wanted === null ? readNamedHost(target) : null;
    const wantedHost = named === null ? null : canonicalHost(named.host);
    return ({ key, origin: { address }, connection }) => {
      if (named === null || wantedHost === null) return wanted !== null && key === wanted;
      if (named.port !== null)
        return canonicalHost(address.host) === wantedHost && address.port === named.port;
      return [address.host, connection.link.remote.host].map(canonicalHost).includes(wantedHost);
    };
  }
}

function success(result: unknown): OperatorReply {
  return { ok: true, result };
}

function failure(error: string): OperatorReply {
  return { ok: false, error };
}

function countText(count: number): string {
  return count === 1 ? "1 connection" : `${count} connections`;
}
