// Orders from outside (sheet 04 §8.3), each by itself. An Order that is news and sound goes to the
// peer; to check many new blocks takes a while (order-vetting.ts). An Order is kept back while its
// time has not come, or because one of its blocks has a fault that the network may let pass.

import { isEffectiveSigner } from "../../consensus/effective-peers.ts";
import { finalityPoint, replaces } from "../../consensus/points.ts";
import { votingShare } from "../../consensus/weights.ts";
import { hexOfKey } from "../../crypto/hex.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { Blob } from "../../data/blob.ts";
import { forEachBranch, isBranch } from "../../data/branches.ts";
import { MissingDataError, type Value } from "../../data/cell.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { decode } from "../../data/decode.ts";
import { encoding, hashKey, slotHashKey } from "../../data/encode.ts";
import { Index } from "../../data/index-map.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { Belief, orderIn } from "../../state/belief.ts";
import type { Order } from "../../state/order.ts";
import type { Store } from "../../store/store.ts";
import { type Clock, steadyOf } from "../clock.ts";
import {
  BLOCKS_AHEAD_MAX,
  BLOCKS_AT_ONCE,
  BLOCKS_AT_ONCE_TERMS,
  NEGLIGIBLE_SHARE,
  ORDER_HOLD_MAX_MS,
} from "../network-bounds.ts";
import type { Peer } from "../peer.ts";
import { ExactChecks } from "../signatures/exact-checks.ts";
import { AuthorDebts } from "./author-debts.ts";
import { contradicts, finalOrder, networkOrder } from "./network-order.ts";
import {
  type BlocksSeen,
  isUnsound,
  noBlocksSeen,
  OrderCheck,
  type OrderFault,
  shareBlocks,
} from "./order-check.ts";
import { type Author, OrderNews } from "./order-news.ts";
import { OrderQuarantine } from "./order-quarantine.ts";
import { OrderVetting } from "./order-vetting.ts";

export interface OrderIntakeOptions {
  readonly peer: Peer;
  readonly store: Store;
  readonly clock: Clock;
  /** Hears of each Order of another peer that came, by key (32 characters). */
  readonly onOrder: (key: string, isNew: boolean, blockCount: number) => void;
  /** Hears why an Order was not taken. */
  readonly onFault: (reason: string) => void;
}

/** A value without which an Order can't be looked at. */
export interface WantedValue {
  readonly key: string;
  readonly author: Author;
}

export class OrderIntake {
  readonly #options: OrderIntakeOptions;
  /** Key of the peer, as 32 characters. */
  readonly #own: string;
  readonly #check: OrderCheck;
  readonly #vetting: OrderVetting;
  readonly #news: OrderNews;
  /** Blocks looked at as Orders came. */
  readonly #debts: AuthorDebts;
  /** The latest sound Order of each peer by key, whatever became of it in the merge. */
  readonly #latest = new Map<string, Order>();
  readonly #quarantined = new OrderQuarantine();
  /** Orders whose time has not come, by key of their peer. */
  readonly #held = new Map<string, () => void>();
  /** An Order under the peer's own key whose blocks are being looked at, by its hash key. */
  #ownUnderWay: string | null = null;

  constructor(options: OrderIntakeOptions) {
    this.#options = options;
    this.#own = keyOf(options.peer.publicKey);
    this.#check = new OrderCheck(new ExactChecks(steadyOf(options.clock)));
    this.#debts = new AuthorDebts(steadyOf(options.clock), BLOCKS_AT_ONCE_TERMS);
    this.#news = new OrderNews(options.store, steadyOf(options.clock));
    this.#vetting = new OrderVetting(this.#check, this.#news, options.store, options.clock);
  }

  /** Whether blocks of an Order under the peer's own key are still being looked at. */
  get isOwnUnderWay(): boolean {
    return this.#ownUnderWay !== null;
  }

  /**
   * Takes in Orders of which nothing has been checked: of each peer only the first, as a Belief has
   * no more. A forged Order costs a check, and its sender nothing: after one, the rest of what an
   * untrusted sender has sent is ignored. An honest sender has checked the Orders that it relays.
   * @returns values to fetch for the Orders that lack some, those of most weight first
   */
  take(orders: Iterable<SignedData>, isTrusted = true): WantedValue[] {
    const accepted: SignedData[] = [];
    const values: WantedValue[] = [];
    const signers = new Set<string>();
    for (const signed of orders) {
      if (signers.has(signed.signer)) continue;
      signers.add(signed.signer);
      const absent = this.#tryAccept(signed, accepted);
      if (absent !== null) values.push({ key: absent, author: this.#authorOf(signed) });
      if (!isTrusted && isForged(signed)) break;
    }
    this.#deliver(accepted);
    return values.sort((a, b) => b.author.share - a.author.share);
  }

  /** This peer's own Orders get all the weight: it has to know them, whatever they cost. */
  #authorOf({ signer: key }: SignedData): Author {
    if (key === this.#own) return { key, share: 1 };
    return { key, share: votingShare(this.#options.peer.state(), key) };
  }

  /** Looks at nothing more: neither at what waits for its time, nor at what is being vetted. */
  close(): void {
    this.#vetting.close();
    for (const cancel of this.#held.values()) cancel();
    this.#held.clear();
  }

  /** Looks for the way back when the peer has parted from the others. */
  reconsider(): void {
    const { peer } = this.#options;
    const own = peer.order;
    if (own === null) return;
    const state = peer.state();
    const order = networkOrder(this.#latest, state);
    if (order !== null && (peer.isForked || contradicts(order, own))) {
      peer.follow(order);
      return;
    }
    const final = finalOrder(this.#latest, state);
    if (final === null || peer.isForked || !contradicts(final, own)) return;
    // What this peer has called final itself it does not take back for a third of the weight.
    const kept = finalityPoint(own);
    if (commonPrefixLength(final.blocks, own.blocks) >= kept) peer.follow(final);
  }

  /**
   * Adds an Order if it is news and sound; answers the key of the value to fetch when it lacks
   * some.
   */
  #tryAccept(signed: SignedData, accepted: SignedData[]): string | null {
    try {
      if (this.#accept(signed)) accepted.push(signed);
      return null;
    } catch (error) {
      if (error instanceof MissingDataError) return this.#rootOf(signed, error.hashKey);
      if (!isUnsound(error)) throw error;
      this.#options.onFault(error.message);
      return null;
    }
  }

  /** Key of the value to fetch so that a missing cell of an Order comes; null if badly signed. */
  #rootOf(signed: SignedData, missingKey: string): string | null {
    if (!signed.isStrictlySigned()) return null;
    const slot = signed.slotAt();
    if (isBranch(slot)) return slotHashKey(slot);
    // A short Order is embedded and names its blocks itself. They are fetched as a whole: one cell
    // at a time they would never all come.
    let absent: string | null = null;
    forEachBranch(slot as Value, (branch) => {
      const key = slotHashKey(branch);
      if (absent === null && !this.#options.store.has(key)) absent = key;
    });
    return absent ?? missingKey;
  }

  /** @throws MissingDataError */
  #accept(signed: SignedData): boolean {
    const { peer } = this.#options;
    const { publicKey } = signed;
    if (publicKey === null) return false;
    const key = signed.signer;
    const isOwn = key === this.#own;
    if (!isOwn && !isEffectiveSigner(peer.state(), key)) return false;
    const believed = isOwn ? null : this.#believed(key);
    if (believed?.name === signed.name) {
      this.#options.onOrder(key, false, orderIn(believed)?.blockCount ?? 0);
      return false;
    }
    const known = isOwn ? peer.lastOwnOrder : orderIn(believed);
    if (isOwn && known !== null && hashKey(known) === slotHashKey(signed.slotAt())) return false;
    const candidate = orderIn(signed);
    if (candidate !== null && !replaces(known, candidate)) return false;
    const order = this.#check.orderOf(signed);
    if ("reason" in order) return this.#refuse(key, order);
    // This peer has to know what it has signed, whatever its clock says.
    if (!isOwn && this.#hold(key, signed, order)) return false;
    return this.#acceptBlocks(key, signed, order, isOwn);
  }

  /** The signed Order of a peer that this one believes, null without. */
  #believed(key: string): SignedData | null {
    const signed = this.#options.peer.currentBelief.orders.lookup(key);
    return signed instanceof SignedData ? signed : null;
  }

  #acceptBlocks(key: string, signed: SignedData, order: Order, isOwn: boolean): boolean {
    const { peer } = this.#options;
    const { blocks } = order;
    const author = this.#authorOf(signed);
    if (!isOwn && !this.#news.mayBegin(author)) return false;
    const known = this.#vetting.nearest(blocks, peer.order?.blocks ?? Vector.EMPTY);
    const ahead = blocks.count - commonPrefixLength(blocks, known);
    if (ahead > BLOCKS_AHEAD_MAX) {
      return this.#refuse(key, { reason: "it is too far ahead: join again", position: -1 });
    }
    // This peer has to know what it has signed, even if a block is in it twice.
    const seen = noBlocksSeen(key, isOwn);
    if (ahead > BLOCKS_AT_ONCE) {
      this.#vet(signed, order, blocks.count - ahead, seen);
      return false;
    }
    const checked = this.#checkAtOnce(author, order, known, seen);
    if (checked === null) return false;
    if ("reason" in checked) {
      if (!isOwn) this.#quarantine(key, signed, order, checked.position);
      return this.#refuse(key, checked);
    }
    this.#quarantined.remove(key);
    const budget = this.#news.budgetOf(author);
    budget.ownBlocks = seen.ownFresh;
    for (let i = checked.prefix; i < blocks.count; i++) this.#news.charge(blocks.get(i), budget);
    shareBlocks(order, known, checked.prefix);
    if (checked.prefix < order.blocks.count) this.#vetting.note(order.blocks);
    if (isOwn) {
      peer.learnOwn(order);
      return false;
    }
    this.#news.taken(budget);
    this.#latest.set(key, order);
    this.#options.onOrder(key, true, order.blockCount);
    return true;
  }

  #vet(signed: SignedData, order: Order, from: number, seen: BlocksSeen): void {
    const author = this.#authorOf(signed);
    const isOwn = author.key === this.#own;
    const underWay = this.#ownUnderWay;
    if (isOwn) this.#ownUnderWay = hashKey(order);
    let isBegun = false;
    try {
      isBegun = this.#vetting.begin(order, from, author, seen, (fault, budget) => {
        this.#vetted(signed, order, fault);
        if (fault === null) this.#news.taken(budget);
      });
    } finally {
      // Another one of this peer's own may be under way, or this one already; or it lacks a cell,
      // which may never come.
      if (isOwn && !isBegun) this.#ownUnderWay = underWay;
    }
  }

  /** Null when the Orders of its peer have cost too much of late. */
  #checkAtOnce({ key, share }: Author, order: Order, known: Vector, seen: BlocksSeen) {
    if (key !== this.#own && !this.#debts.mayBegin(key, share)) return null;
    try {
      return this.#check.blocksOf(order, known, this.#options.clock.now(), seen);
    } finally {
      this.#debts.add(key, share, seen.fresh);
    }
  }

  /** Many blocks have been looked at: the Order is taken, or not. */
  #vetted(signed: SignedData, order: Order, fault: OrderFault | null): void {
    const key = signed.signer;
    if (this.#ownUnderWay === hashKey(order)) this.#ownUnderWay = null;
    if (fault === null) {
      this.take([signed]);
      return;
    }
    if (key !== this.#own) this.#quarantine(key, signed, order, fault.position);
    this.#refuse(key, fault);
  }

  #refuse(key: string, { reason }: OrderFault): false {
    const name = hexOfKey(key).slice(0, 8);
    this.#options.onFault(`an Order of peer ${name} is left out of the vote: ${reason}`);
    return false;
  }

  /**
   * An Order to be looked at later. If its peer has negligible weight, its children are dropped
   * from memory, where they can be a hundred times as long as in their message.
   */
  #kept(signed: SignedData): SignedData {
    if (this.#authorOf(signed).share >= NEGLIGIBLE_SHARE) return signed;
    return decode(encoding(signed), CVM_TABLE, this.#options.peer.cells) as SignedData;
  }

  /**
   * Whether an Order is ahead of this peer's clock; if only a little, it is taken when it is time.
   */
  #hold(key: string, signed: SignedData, order: Order): boolean {
    const { clock } = this.#options;
    const waitMs = Number(order.timestamp) - clock.now();
    if (waitMs <= 0) return false;
    this.#held.get(key)?.();
    this.#held.delete(key);
    if (waitMs > ORDER_HOLD_MAX_MS) return true;
    const kept = this.#kept(signed);
    const cancel = clock.after(waitMs, () => {
      this.#held.delete(key);
      this.take([kept]);
    });
    this.#held.set(key, cancel);
    return true;
  }

  #deliver(accepted: readonly SignedData[]): void {
    if (accepted.length === 0) return;
    const { peer } = this.#options;
    const entries = accepted.map(
      (signed) => [Blob.of(signed.publicKey as Uint8Array), signed] as const,
    );
    peer.receive(Belief.of(Index.from(entries) as Index));
    const own = peer.order;
    const isSuspicious =
      own !== null && accepted.some((signed) => contradicts(signed.value as Order, own));
    if (peer.isForked || isSuspicious) this.reconsider();
  }

  /**
   * Keeps an Order with a faulty block. Once peers of a quorum call this block consensus in spite
   * of its fault, it is tolerated, and their Orders are taken in.
   */
  #quarantine(key: string, signed: SignedData, order: Order, position: number): void {
    if (position < 0) return;
    const { peer, clock } = this.#options;
    this.#quarantined.add(key, this.#kept(signed), order, position);
    const block = order.blocks.get(position);
    if (!this.#quarantined.isAgreedOn(block, position, peer.state())) return;
    this.#check.tolerate(block);
    const waiting = this.#quarantined.orders;
    clock.soon(() => this.take(waiting));
  }
}

/** Whether its signature has been looked at, and is wrong. */
function isForged(signed: SignedData): boolean {
  return !signed.isUnchecked && signed.verified !== true;
}
