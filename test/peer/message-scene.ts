// A peer that answers messages on links without sockets.

import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { type Cell, NO_CELLS, type Value } from "../../src/data/cell.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import type { Connection } from "../../src/net/connection.ts";
import { Reply } from "../../src/net/reply.ts";
import type { BeliefHandler } from "../../src/peer/clients/belief-handler.ts";
import { MessageServer, type MessageServerOptions } from "../../src/peer/clients/message-server.ts";
import type { Peer } from "../../src/peer/peer.ts";
import { FakeLink } from "../net/fake-link.ts";
import { keyPair, newPeer, TestClock } from "./scene.ts";

/** Beliefs and challenges as they come. */
export class HeardBeliefs implements BeliefHandler {
  readonly payloads: Cell[] = [];
  readonly incomplete: string[] = [];
  challenges = 0;
  spentMs = 0;
  readonly closed: string[] = [];

  onBelief(_connection: Connection, payload: Cell): void {
    this.payloads.push(payload);
  }
  onLongBelief(): boolean {
    return false;
  }
  onIncompleteBelief(_connection: Connection, missingKey: string): void {
    this.incomplete.push(missingKey);
  }
  onDataRequest(): void {}
  onSpent(_connection: Connection, ms: number): void {
    this.spentMs += ms;
  }
  onChallenge(): void {
    this.challenges++;
  }
  onClosed(_connection: Connection, reason: string): void {
    this.closed.push(reason);
  }
}

export interface MessageScene {
  readonly clock: TestClock;
  readonly peer: Peer;
  readonly server: MessageServer;
  readonly beliefs: HeardBeliefs;
  readonly faults: unknown[];
}

export function messageScene(
  peer: Peer | null = null,
  options: Partial<MessageServerOptions> = {},
): MessageScene {
  const clock = new TestClock();
  const own = peer ?? newPeer({ clock });
  const beliefs = new HeardBeliefs();
  const faults: unknown[] = [];
  const server = new MessageServer({
    peer: own,
    identity: { keyPair: keyPair(0), network: own.status().genesis },
    clock,
    table: CVM_TABLE,
    beliefs,
    onFault: (error) => faults.push(error),
    ...options,
  });
  return { clock, peer: own, server, beliefs, faults };
}

/** A client of the peer, on a link of its own. */
export class TestClient {
  readonly link: FakeLink;
  readonly connection: Connection;
  #read = 0;

  constructor(server: MessageServer, host = "192.0.2.1") {
    this.link = new FakeLink({ host, port: 1 });
    this.connection = server.attach(this.link);
  }

  send(message: Value): void {
    this.sendBytes(encodeMultiCell(message));
  }

  sendBytes(payload: Uint8Array): void {
    this.link.arrive(payload);
  }

  /** The next replies; waits until so many have come. */
  async replies(count: number): Promise<Reply[]> {
    for (let i = 0; i < 20_000 && this.link.sent.length < this.#read + count; i++) await turn();
    const payloads = this.link.sent.slice(this.#read, this.#read + count);
    this.#read += payloads.length;
    if (payloads.length < count) throw new Error(`${payloads.length} of ${count} replies`);
    return payloads.map((payload) => new Reply(payload, CVM_TABLE, NO_CELLS));
  }

  async reply(): Promise<Reply> {
    return (await this.replies(1))[0] as Reply;
  }

  /** What has come without being asked for, after all is quiet. */
  async nothing(): Promise<void> {
    for (let i = 0; i < 10; i++) await turn();
    const more = this.link.sent.length - this.#read;
    if (more > 0) throw new Error(`${more} replies that nobody expected`);
  }
}

/** Lets other events happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
