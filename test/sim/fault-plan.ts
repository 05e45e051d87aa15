// Which faults a run has, and how often. A seed chooses some of them, at rates of any size: runs in
// which a few faults are frequent find more than runs with a little of everything.

import { Chance, STREAM } from "./chance.ts";

export interface FaultPlan {
  /** Share of messages that are lost, come twice, or may be overtaken by later ones. */
  readonly drop: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** Usual time that a message takes: from half of this to one and a half times it. */
  readonly delayMs: number;
  /** Share of messages that are held up, and for how long at most. */
  readonly holdUp: number;
  readonly holdUpMs: number;
  /** Mean time between two connections that break; 0 for none, as below. */
  readonly resetEveryMs: number;
  /** Mean time between two partitions, and how long one lasts on average. */
  readonly partitionEveryMs: number;
  readonly partitionMs: number;
  /** Whether what is sent across a partition comes when it has healed, as TCP may do it. */
  readonly isHeldByPartition: boolean;
  /**
   * Mean time after which one peer is no longer heard by another, or by anybody, and for how long
   * on average.
   */
  readonly deafEveryMs: number;
  readonly deafMs: number;
  /** Mean time between two crashes, and how long a peer is down on average. */
  readonly crashEveryMs: number;
  readonly downMs: number;
  /**
   * Share of crashes after which the disk is put back to what it was at the last start: a backup.
   */
  readonly restored: number;
  /** Share of starts after which the peer dies in the middle of a write. */
  readonly cutWrite: number;
  /** Share of writes that take long, and how long at most. */
  readonly slowWrite: number;
  readonly slowWriteMs: number;
  /** Share of writes for which the disk has no room. */
  readonly fullDisk: number;
  /**
   * Number of peers that execute slowly, the share of blocks that take long there, and how long at
   * most.
   */
  readonly slowPeers: number;
  readonly slowBlock: number;
  readonly slowBlockMs: number;
  /** Number of peers whose clock is wrong, and by how much at most, either way. */
  readonly skewed: number;
  readonly skewMs: number;
  /** Mean time after which a wrong clock is set anew. */
  readonly stepEveryMs: number;
  /** Number of peers that lie. */
  readonly byzantine: number;
  /** Number of keys that two peers sign with, each with a disk of its own. */
  readonly twins: number;
  /** Mean time between two changes of the peers' stakes: less or more, none, a new record. */
  readonly stakeEveryMs: number;
}

export const NO_FAULTS: FaultPlan = {
  drop: 0,
  duplicate: 0,
  reorder: 0,
  delayMs: 20,
  holdUp: 0,
  holdUpMs: 0,
  resetEveryMs: 0,
  partitionEveryMs: 0,
  partitionMs: 0,
  isHeldByPartition: false,
  deafEveryMs: 0,
  deafMs: 0,
  crashEveryMs: 0,
  downMs: 0,
  restored: 0,
  cutWrite: 0,
  slowWrite: 0,
  slowWriteMs: 0,
  fullDisk: 0,
  slowPeers: 0,
  slowBlock: 0,
  slowBlockMs: 0,
  skewed: 0,
  skewMs: 0,
  stepEveryMs: 0,
  byzantine: 0,
  twins: 0,
  stakeEveryMs: 0,
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Most by which a clock is wrong when a seed decides: genesis States lie further back. */
export const SKEW_MAX_MS = 10 * MINUTE;

/** Most peers of equal stake that hold less than a third of it. */
export function lessThanThird(peers: number): number {
  return Math.ceil(peers / 3) - 1;
}

/** The faults that a seed stands for. */
export function planOf(seed: number, peers: number): FaultPlan {
  const chance = new Chance(seed, STREAM.PLAN);
  /** Zero for half of the seeds, else between the two, each order of magnitude as likely. */
  const rate = (low: number, high: number) => {
    const isChosen = chance.happens(0.5);
    const value = low * (high / low) ** chance.number();
    return isChosen ? value : 0;
  };
  const plan = {
    ...NO_FAULTS,
    drop: rate(0.001, 0.3),
    duplicate: rate(0.001, 0.3),
    reorder: rate(0.001, 0.5),
    delayMs: 1 * 300 ** chance.number(),
    holdUp: rate(0.001, 0.1),
    holdUpMs: chance.between(100, 5 * SECOND),
    resetEveryMs: rate(2 * SECOND, 60 * SECOND),
    partitionEveryMs: rate(5 * SECOND, 60 * SECOND),
    partitionMs: 200 * 100 ** chance.number(),
    isHeldByPartition: chance.happens(0.5),
    crashEveryMs: rate(4 * SECOND, 60 * SECOND),
    downMs: 100 * 200 ** chance.number(),
    // No promise holds when a disk forgets what it has confirmed: only when asked for.
    restored: 0,
    cutWrite: rate(0.05, 1),
    slowWrite: rate(0.01, 0.5),
    slowWriteMs: 5 * 200 ** chance.number(),
    fullDisk: rate(0.001, 0.1),
    ...clocks(chance, peers),
  };
  const slow = slowPeers(new Chance(seed, STREAM.PLAN, 2), peers);
  return { ...further(new Chance(seed, STREAM.PLAN, 1), peers, plan), ...slow };
}

/** Lying peers and wrong clocks share what a network must bear: less than a third of the stake. */
function clocks(chance: Chance, peers: number): Pick<FaultPlan, "skewed" | "skewMs" | "byzantine"> {
  const most = lessThanThird(peers);
  const byzantine = chance.happens(0.5) ? chance.below(most + 1) : 0;
  const skewed = chance.happens(0.5) ? chance.below(most - byzantine + 1) : 0;
  return { byzantine, skewed, skewMs: 10 * (SKEW_MAX_MS / 10) ** chance.number() };
}

/** In a third of the seeds some peers, or all, execute slowly. */
function slowPeers(
  chance: Chance,
  peers: number,
): Pick<FaultPlan, "slowPeers" | "slowBlock" | "slowBlockMs"> {
  if (!chance.happens(1 / 3)) return { slowPeers: 0, slowBlock: 0, slowBlockMs: 0 };
  return {
    slowPeers: 1 + chance.below(peers),
    slowBlock: 0.02 * 50 ** chance.number(),
    slowBlockMs: 20 * 400 ** chance.number(),
  };
}

/** Faults that half of the seeds have besides. Keys with two peers count to that third as well. */
function further(chance: Chance, peers: number, plan: FaultPlan): FaultPlan {
  if (chance.happens(0.5)) return plan;
  const { byzantine, skewed } = plan;
  const room = lessThanThird(peers) - byzantine - skewed;
  const twins = chance.happens(0.5) ? chance.below(room + 1) : 0;
  // Stakes that move change what a third is.
  const mayMove = byzantine + skewed + twins === 0;
  return {
    ...plan,
    deafEveryMs: chance.happens(0.5) ? 2 * SECOND * 15 ** chance.number() : 0,
    deafMs: 100 * 200 ** chance.number(),
    stepEveryMs: chance.happens(0.5) ? SECOND * 20 ** chance.number() : 0,
    twins,
    stakeEveryMs: mayMove && chance.happens(0.5) ? SECOND * 10 ** chance.number() : 0,
  };
}
