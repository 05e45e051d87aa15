// A peer with all that connects it to others, wired together: what `start` and `local` run, and
// what the simulator runs on a clock, links and chance of its own.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import type { DecodeTable } from "../data/decode.ts";
import type { ChallengeIdentity } from "../net/challenge.ts";
import { StoreError } from "../store/store.ts";
import { ReceivedCells } from "./cells/received-cells.ts";
import { MessageServer } from "./clients/message-server.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import type { Bans } from "./connections/bans.ts";
import type { Dial, NamedAddress } from "./connections/outgoing.ts";
import { DEFAULT_OUTGOING_CONNECTION_COUNT, RECEIVED_BYTES_MAX } from "./network-bounds.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import { PeerNetwork } from "./peer-network.ts";
import { type Random, SYSTEM_RANDOM } from "./random.ts";
import type { SignatureChecks } from "./signatures/signature-checks.ts";
import { guardedClock } from "./store-guard.ts";

export interface NetworkedPeerOptions
  extends Omit<
    PeerOptions,
    "network" | "received" | "publish" | "isRelay" | "onPass" | "onFailure"
  > {
  readonly dial: Dial;
  readonly bans: Bans;
  readonly random?: Random;
  /** Reads all that messages hold, when not as usual: for simulations. */
  readonly table?: DecodeTable;
  /** Where signatures of transactions are checked that come by message; in place when absent. */
  readonly signatures?: SignatureChecks;
  /** Number of outgoing connections wanted. */
  readonly outgoing?: number;
  /** Hosts that the operator has named. */
  readonly named?: readonly NamedAddress[];
  /** Whether published addresses of private networks are dialled. */
  readonly allowsPrivate?: boolean;
  /** Address of this peer that others are to find in the State. */
  readonly url?: string | null;
  /** Hears of what others do wrong. */
  readonly onNotice?: (notice: string) => void;
  /** Hears of failures that are this peer's own fault. */
  readonly onFault: (error: unknown, where: string) => void;
}

export class NetworkedPeer {
  readonly peer: Peer;
  readonly server: MessageServer;
  readonly network: PeerNetwork;
  readonly #clock: Clock;
  readonly #identity: ChallengeIdentity;
  readonly #named: readonly NamedAddress[];

  /** @throws StoreError when the store is another peer's or network's, or can't be written */
  constructor(options: NetworkedPeerOptions) {
    const { store, keyPair, dial, bans, onFault } = options;
    const { random = SYSTEM_RANDOM, table = CVM_TABLE } = options;
    const clock = guardedClock(options.clock ?? SYSTEM_CLOCK, (error) =>
      this.peer.handleFailure(error),
    );
    this.#clock = clock;
    const received = new ReceivedCells(store, table, RECEIVED_BYTES_MAX);
    this.network = new PeerNetwork({
      clock,
      random,
      store,
      received,
      bans,
      dial,
      outgoing: options.outgoing ?? DEFAULT_OUTGOING_CONNECTION_COUNT,
      allowsPrivate: options.allowsPrivate ?? false,
      url: options.url ?? null,
      onNotice: options.onNotice ?? (() => {}),
    });
    this.peer = new Peer({
      ...options,
      clock,
      onFailure: (error) => onFault(error, "what needs the store"),
      received,
      network: this.network.reachability,
      publish: (belief) => {
        received.believe(belief);
        this.network.publish(belief);
      },
      isRelay: () => this.network.isRelay,
      onPass: () => this.network.passed(),
    });
    this.#identity = { keyPair, network: this.peer.status().genesis };
    this.server = new MessageServer({
      peer: this.peer,
      identity: this.#identity,
      clock,
      table,
      beliefs: this.network,
      ...(options.signatures === undefined ? {} : { signatures: options.signatures }),
      onFault: (error, where) => {
        if (error instanceof StoreError) this.peer.handleFailure(error);
        else onFault(error, where);
      },
    });
    this.#named = options.named ?? [];
  }

  /** Begins to connect to others. */
  start(): void {
    this.network.start(this.peer, this.server, this.#identity);
    for (const { address, isPermanent } of this.#named) {
      this.network.outgoing.name(address, isPermanent);
    }
    this.network.tick();
  }

  /** Finishes what is under way, answers who waits, and says goodbye. The store stays open. */
  async close(): Promise<void> {
    this.network.close();
    await this.peer.close();
    // The answers get to their connections before these are closed.
    await new Promise<void>((resolve) => this.#clock.soon(resolve));
    this.server.close();
  }
}
