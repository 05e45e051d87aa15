// The network between simulated peers: it delays, loses, repeats and reorders messages, breaks
// connections, and falls apart into sides. What peers say to each other is the wire protocol, byte
// for byte.

import { DialError } from "../../src/net/dial.ts";
import type { Link } from "../../src/net/link.ts";
import type { PeerAddress } from "../../src/peer/connections/peer-address.ts";
import type { Chance } from "./chance.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { type LinkNetwork, SimLink } from "./sim-link.ts";
import type { SimPeer } from "./sim-peer.ts";
import type { Timeline } from "./timeline.ts";
import type { Transcript } from "./transcript.ts";

export const PORT = 18_888;
/** How long a dial across a partition takes to fail. */
const DIAL_TIMEOUT_MS = 2_000;
/** Second copies of a message come up to this much later. */
const REPEATED_WITHIN_MS = 1_000;

/** Address of peer i. */
export function hostOf(i: number): PeerAddress {
  return { host: `10.0.${i}.1`, port: PORT };
}

function indexOf({ host }: PeerAddress): number {
  return Number(host.split(".")[2]);
}

/** What a peer that lies sends in place of a payload of the production peer. */
export type Tongue = (payload: Uint8Array, to: number) => readonly Uint8Array[];

export class SimNetwork implements LinkNetwork {
  plan: FaultPlan;
  readonly peers: SimPeer[] = [];
  /** By index of the peer that lies. */
  readonly tongues = new Map<number, Tongue>();
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #transcript: Transcript;
  readonly #links = new Set<SimLink>();
  /** Messages that wait for a partition to heal. */
  #held: { readonly from: SimLink; readonly payload: Uint8Array }[] = [];
  /** Peers that another one does not hear, or nobody (null). */
  #unheard: { readonly from: number; readonly to: number | null }[] = [];
  /** Number of the side that each peer is on. */
  #sides: readonly number[] = [];
  messages = 0;

  constructor(plan: FaultPlan, timeline: Timeline, chance: Chance, transcript: Transcript) {
    this.plan = plan;
    this.#timeline = timeline;
    this.#chance = chance;
    this.#transcript = transcript;
  }

  /** Whether nothing gets from one peer to another. */
  isCut(from: number, to: number): boolean {
    return (this.#sides[from] ?? 0) !== (this.#sides[to] ?? 0) || this.#isUnheard(from, to);
  }

  #isUnheard(from: number, to: number): boolean {
    if (this.#unheard.length === 0) return false;
    return this.#unheard.some((each) => each.from === from && (each.to ?? to) === to);
  }

  get isPartitioned(): boolean {
    return this.#sides.some((side) => side !== this.#sides[0]);
  }

  /** Lets through only what stays on one side. */
  partition(sides: readonly number[]): void {
    this.#sides = sides;
    this.#release();
  }

  heal(): void {
    this.partition([]);
  }

  /** One peer is not heard by another, or by anybody (null), until the answer is called. */
  silence(from: number, to: number | null): () => void {
    const entry = { from, to };
    this.#unheard.push(entry);
    return () => {
      this.#unheard = this.#unheard.filter((each) => each !== entry);
      this.#release();
    };
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const each of held) {
      const { from, payload } = each;
      if (this.isCut(from.owner.index, (from.other as SimLink).owner.index)) this.#held.push(each);
      else this.#send(from, payload);
    }
  }

  dial(from: SimPeer, address: PeerAddress): Promise<Link> {
    const to = this.peers[indexOf(address)] as SimPeer;
    const { life } = from;
    return new Promise((resolve, reject) => {
      const fail = (code: "TIMEOUT" | "REFUSED") =>
        reject(new DialError(code, `no connection to peer ${to.index}`));
      const isCut = () => this.isCut(from.index, to.index) || this.isCut(to.index, from.index);
      if (isCut()) {
        from.later(DIAL_TIMEOUT_MS, life, () => fail("TIMEOUT"));
        return;
      }
      from.later(2 * this.#usualDelay(), life, () => {
        if (isCut()) fail("TIMEOUT");
        else if (!to.isRunning) fail("REFUSED");
        else resolve(this.#connect(from, to));
      });
    });
  }

  #connect(from: SimPeer, to: SimPeer): Link {
    const near = new SimLink(from, hostOf(to.index), this);
    const far = new SimLink(to, { ...hostOf(from.index), port: 40_000 }, this);
    near.other = far;
    far.other = near;
    this.#links.add(near);
    this.#links.add(far);
    to.later(0, to.life, () => to.running.network.accept(far));
    return near;
  }

  transmit(from: SimLink, payload: Uint8Array): void {
    if (!from.owner.isAlive(from.life)) return;
    const to = (from.other as SimLink).owner.index;
    from.owner.show();
    from.owner.onSend?.(payload, to);
    const tongue = this.tongues.get(from.owner.index);
    if (tongue === undefined) {
      // Not a copy: a sender must not change what it has sent, and all receivers read the same
      // bytes.
      this.#route(from, payload, payload.length);
      return;
    }
    from.left(payload.length);
    for (const said of tongue(payload, to)) this.#route(from, said, 0);
  }

  /** Open ends of a peer. */
  linksOf(peer: SimPeer): SimLink[] {
    return [...this.#links].filter((link) => link.owner === peer && link.isOpen);
  }

  /** Sends a payload that the peer at this end has not sent itself: a lie. */
  say(from: SimLink, payload: Uint8Array): void {
    if (from.owner.isAlive(from.life)) this.#route(from, payload, 0);
  }

  #route(from: SimLink, payload: Uint8Array, queued: number): void {
    this.messages++;
    from.owner.spent(() => {
      const to = (from.other as SimLink).owner;
      if (this.isCut(from.owner.index, to.index)) {
        from.left(queued);
        if (this.plan.isHeldByPartition) this.#held.push({ from, payload });
      } else {
        from.left(queued);
        this.#send(from, payload);
      }
    });
  }

  #send(from: SimLink, payload: Uint8Array): void {
    const { plan } = this;
    const chance = this.#chance;
    if (chance.happens(plan.drop)) return;
    let at = this.#timeline.now + this.#usualDelay();
    if (chance.happens(plan.holdUp)) at += chance.between(0, plan.holdUpMs);
    if (!chance.happens(plan.reorder)) {
      at = Math.max(at, from.arrivesAt);
      from.arrivesAt = at;
    }
    this.#arrive(from, payload, at);
    if (!chance.happens(plan.duplicate)) return;
    this.#arrive(from, payload, at + chance.between(0, REPEATED_WITHIN_MS));
  }

  #usualDelay(): number {
    return this.plan.delayMs * this.#chance.between(0.5, 1.5);
  }

  #arrive(from: SimLink, payload: Uint8Array, at: number): void {
    const to = from.other as SimLink;
    to.owner.at(at, to.life, () => {
      this.#transcript.message(this.#timeline.now, from.owner.index, to.owner.index, payload);
      to.take(payload);
    });
  }

  hangUp(from: SimLink): void {
    const to = from.other as SimLink;
    this.#links.delete(from);
    const at = Math.max(this.#timeline.now + this.#usualDelay(), from.arrivesAt);
    to.owner.at(at, to.life, () => to.lost("closed by the other side"));
  }

  /** Breaks one connection. */
  reset(): void {
    const links = [...this.#links].filter((link) => link.isOpen);
    if (links.length === 0) return;
    const link = this.#chance.pick(links);
    this.#break(link, 0);
  }

  /** Ends all connections of a peer that has died: some ends hear of it at once, some later. */
  vanish(peer: SimPeer): void {
    for (const link of this.#links) {
      if (link.owner !== peer) continue;
      this.#links.delete(link);
      const afterMs = this.#chance.happens(0.5) ? 0 : this.#chance.between(0, 5_000);
      link.isOpen = false;
      const other = link.other as SimLink;
      other.owner.at(this.#timeline.now + afterMs, other.life, () => other.lost("broken"));
    }
  }

  #break(link: SimLink, afterMs: number): void {
    for (const end of [link, link.other as SimLink]) {
      this.#links.delete(end);
      end.owner.at(this.#timeline.now + afterMs, end.life, () => end.lost("broken"));
    }
  }
}
