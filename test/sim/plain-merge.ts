// The merge of Beliefs a second time, written from sheet 04 §3 alone, on plain arrays and without a
// thought of speed. It says whether a fault that a run shows comes from the protocol: when each
// step of each honest peer is what this gives, and the fault is there all the same, the rules
// themselves allow it.

import { keyOf } from "../../src/crypto/sha3.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashKey } from "../../src/data/encode.ts";
import { SignedData } from "../../src/data/signed.ts";
import type { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import type { State } from "../../src/state/state.ts";
import { checkBlock } from "../../src/transition/check-block.ts";

const THRESHOLD = 0.67;
const KEEP_MS = 100;
const MINIMUM_STAKE = 10n ** 12n;

/** An Order as the rules see it. */
export interface PlainOrder {
  /** Key of its peer in the Belief, and key that signed it. */
  readonly key: string;
  readonly signer: string;
  readonly time: number;
  readonly points: readonly number[];
  readonly blocks: readonly string[];
  /** Its hash. */
  readonly name: string;
}

export interface PlainStep {
  readonly own: string;
  readonly believed: readonly PlainOrder[];
  readonly received: readonly (readonly PlainOrder[])[];
  readonly now: number;
  readonly state: State;
  /** The signed block with a hash. */
  readonly block: (hash: string) => SignedData;
}

/** What a merge comes to: the Orders that are kept besides the own one, by key, and the own one. */
export interface PlainOutcome {
  readonly kept: ReadonlyMap<string, string>;
  /** Null when the own Order stays as it is. */
  readonly own: { readonly points: readonly number[]; readonly blocks: readonly string[] } | null;
}

export function plainOrders(belief: Belief, blocks: Map<string, SignedData>): PlainOrder[] {
  const orders: PlainOrder[] = [];
  for (const [key, signed] of belief.orders.entries()) {
    if (!(signed instanceof SignedData) || !(signed.value instanceof Order)) continue;
    const order = signed.value;
    const names = order.blocks.toArray().map((block) => {
      const name = hashKey(block);
      blocks.set(name, block as SignedData);
      return name;
    });
    orders.push({
      key: keyOf((key as Blob).toBytes()),
      signer: keyOf(signed.publicKey as Uint8Array),
      time: Number(order.timestamp),
      points: [0, 1, 2, 3].map((i) => (i < order.points.count ? Number(order.points.get(i)) : 0)),
      blocks: names,
      name: hashKey(order),
    });
  }
  return orders;
}

/** §3.1 */
function replaces(old: PlainOrder | undefined, next: PlainOrder): boolean {
  if (old === undefined) return true;
  if (old.time !== next.time) return next.time > old.time;
  if (old.name === next.name) return false;
  return next.points.some((point, level) => point > (old.points[level] as number));
}

/** Own stake of a peer of the State, null for others. */
function stakeOf(state: State, key: string): bigint | null {
  const status = state.peers.get(Blob.of(Buffer.from(key, "latin1")));
  return status instanceof PeerStatus ? BigInt(status.peerStake) : null;
}

/** §3.2; in the order of the Index, which is that of the keys. */
function accumulate({ believed, received, now, state }: PlainStep): PlainOrder[] {
  const known = new Map(believed.map((order) => [order.key, order]));
  for (const order of received.flat()) {
    if ((stakeOf(state, order.key) ?? -1n) < MINIMUM_STAKE || order.time > now) continue;
    if (replaces(known.get(order.key), order)) known.set(order.key, order);
  }
  return [...known.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function common(a: readonly string[], b: readonly string[]): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}

const HEX_DIGITS = 16;

function digitsOf({ key }: PlainOrder): string {
  return Buffer.from(key, "latin1").toString("hex");
}

/**
 * §3.3.1 as the reference does it (T36): the digits in turn where the keys part, and from where one
 * group alone is left, on with the next digit where the keys of that one part.
 */
function left(orders: PlainOrder[], keeps: (order: PlainOrder) => boolean): PlainOrder[] {
  let all = orders;
  for (let digit = 0; digit < HEX_DIGITS && all.length > 1; digit++) {
    const keys = all.map(digitsOf);
    const at = common(Array.from(keys[0] as string), Array.from(keys.at(-1) as string));
    const isHere = (order: PlainOrder) => digitsOf(order)[at] === digit.toString(HEX_DIGITS);
    const here = all.filter(isHere);
    const rest = here.length === 0 ? here : left(here, keeps);
    all = all.filter((order) => !isHere(order) || rest.includes(order));
  }
  return all.length === 1 ? all.filter(keeps) : all;
}

/** §3.3.2 */
function weightsOf(state: State): { weight: (key: string) => number; total: number } {
  const weights = new Map<string, number>();
  let total = 0;
  for (const [key, status] of state.peers.entries()) {
    if (!(status instanceof PeerStatus)) continue;
    const late = Number(state.timestamp) - Number(status.timestamp);
    let decay = 1;
    if (Number(status.timestamp) < 0) decay = 0.001;
    else if (late - 180_000 >= 0) decay = Math.max(0.001, Math.exp(-(late - 180_000) / 300_000));
    const weight = (Number(status.stake) + Number(status.delegatedStake)) * decay;
    weights.set(keyOf((key as Blob).toBytes()), weight);
    total += weight;
  }
  return { weight: (key) => weights.get(key) ?? 0, total };
}

interface Weighed {
  readonly order: PlainOrder;
  weight: number;
}

/** §3.3 */
export function plainMerge(step: PlainStep): PlainOutcome {
  const mine = step.believed.find(({ key }) => key === step.own) as PlainOrder;
  const from = mine.points[2] as number;
  const kept = left(accumulate(step), ({ blocks }) => common(blocks, mine.blocks) >= from);
  const { weight, total } = weightsOf(step.state);
  const votes = new Map<string, Weighed>();
  for (const order of kept) {
    const vote = votes.get(order.name);
    if (vote !== undefined) vote.weight += weight(order.signer);
    else if (weight(order.signer) > 0) {
      votes.set(order.name, { order, weight: weight(order.signer) });
    }
  }
  const others = kept.filter(({ key }) => key !== step.own).map(({ key, name }) => [key, name]);
  const outcome = new Map(others as [string, string][]);
  if (votes.size === 0) {
    const old = step.believed.filter(({ key }) => key !== step.own);
    return { kept: new Map(old.map(({ key, name }) => [key, name])), own: null };
  }
  const blocks = winning([...votes.values()], from, step);
  const points = levels(blocks, mine, [...votes.values()], total);
  const isSame = `${points}` === `${mine.points}` && `${blocks}` === `${mine.blocks}`;
  const isBound = common(blocks, mine.blocks) < (mine.points[1] as number);
  const own = isSame || (isBound && step.now <= mine.time + KEEP_MS) ? null : { points, blocks };
  return { kept: outcome, own };
}

/** §3.4 */
function winning(votes: readonly Weighed[], from: number, step: PlainStep): readonly string[] {
  const vectors = new Map<string, { blocks: readonly string[]; weight: number }>();
  for (const { order, weight } of votes) {
    const vector = vectors.get(order.blocks.join()) ?? { blocks: order.blocks, weight: 0 };
    vector.weight += weight;
    vectors.set(order.blocks.join(), vector);
  }
  const all = [...vectors.values()];
  let left = all;
  let considered = all.reduce((sum, { weight }) => sum + weight, 0);
  for (let p = from; left.length > 1; p++) {
    const longer = left.filter(({ blocks }) => blocks.length > p);
    const outright = longer.find(({ weight }) => weight > considered * 0.5);
    if (outright !== undefined) {
      left = [outright];
      break;
    }
    if (longer.length === 0) break;
    const groups = Map.groupBy(longer, ({ blocks }) => blocks[p] as string);
    const weighed = [...groups].map(([block, group]) => {
      return { block, group, weight: group.reduce((sum, { weight }) => sum + weight, 0) };
    });
    weighed.sort((a, b) => b.weight - a.weight || (a.block < b.block ? -1 : 1));
    const best = weighed[0] as (typeof weighed)[number];
    left = best.group;
    considered = best.weight;
  }
  const winner = (left[0] as (typeof all)[number]).blocks;
  if (all.length === 1) return winner;
  const present = new Set(winner.slice(from));
  const added: string[] = [];
  for (const name of all.flatMap(({ blocks }) => blocks.slice(from))) {
    if (present.has(name)) continue;
    present.add(name);
    if (mayAppend(step.block(name), step.state)) added.push(name);
  }
  const timeOf = (name: string) => Number((step.block(name).value as Block).timestamp);
  return [...winner, ...added.sort((a, b) => timeOf(a) - timeOf(b))];
}

/** §3.4.5, and the signature, which we look at and the reference does not (§4.2). */
function mayAppend(signed: SignedData, state: State): boolean {
  return signed.value instanceof Block && checkBlock(state, signed) === null && signed.isSigned();
}

/** §3.3.5 and §3.5 */
function levels(
  blocks: readonly string[],
  mine: PlainOrder,
  votes: readonly Weighed[],
  total: number,
): number[] {
  const points = [blocks.length];
  for (let level = 1; level < 4; level++) {
    points[level] = Math.min(mine.points[level] as number, points[level - 1] as number);
  }
  for (let level = 1; level < 4; level++) {
    const reached = votes
      .map(({ order, weight }) => {
        const theirs = order.points[level - 1] as number;
        const below = points[level - 1] as number;
        return { m: Math.min(common(blocks, order.blocks), below, theirs), weight };
      })
      .sort((a, b) => b.m - a.m);
    let sum = 0;
    for (const { m, weight } of reached) {
      sum += weight;
      if (sum <= total * THRESHOLD) continue;
      points[level] = m;
      break;
    }
  }
  return points;
}
