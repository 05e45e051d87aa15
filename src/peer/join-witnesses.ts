// What other hosts know of the history that one host has. A host can make up blocks and call them
// final; but blocks that the network has called final are known to every host that is as far.

import { finalityPoint } from "../consensus/points.ts";
import { isBranch } from "../data/branches.ts";
import { slotHashKey } from "../data/encode.ts";
import { SignedData } from "../data/signed.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import { CONSENSUS_LEVEL, type Order } from "../state/order.ts";
import type { JoinedBelief } from "./history/durable-history.ts";
import { type JoinHost, namesOf } from "./join-hosts.ts";

/** What a host would have a peer begin with. */
export interface JoinCandidate {
  readonly host: JoinHost;
  readonly joined: JoinedBelief;
}

interface Disputed extends JoinCandidate {
  /** Those that have other final blocks; none when it only can't tell who is right. */
  readonly contradicting: readonly JoinHost[];
}

export class JoinWitnesses {
  readonly #witnesses: Set<JoinHost>;
  readonly #disputed: Disputed[] = [];

  constructor(hosts: readonly JoinHost[]) {
    this.#witnesses = new Set(hosts);
  }

  /** Ignores the word of a host from now on: it is of no use itself. */
  discount(host: JoinHost): void {
    this.#witnesses.delete(host);
  }

  /**
   * Whether as many of the others agree with a host as contradict it; once there has been a
   * dispute, whether anybody agrees.
   */
  async confirm(candidate: JoinCandidate): Promise<boolean> {
    const { agreeing, contradicting } = await this.#wordOn(candidate);
    const isFirst = this.#disputed.length === 0;
    const isAgreed = contradicting.length <= agreeing.length && (isFirst || agreeing.length > 0);
    if (!isAgreed) this.#disputed.push({ ...candidate, contradicting });
    return isAgreed;
  }

  /**
   * A disputed candidate that not more of the remaining hosts contradict than agree with, null
   * without such: hosts that have turned out to be of no use no longer count.
   */
  async settle(): Promise<JoinCandidate | null> {
    for (const candidate of this.#disputed) {
      if (candidate.contradicting.length === 0) continue;
      const { agreeing, contradicting } = await this.#wordOn(candidate);
      if (contradicting.length <= agreeing.length) return candidate;
    }
    return null;
  }

  /** The dispute in words for the operator, null without. */
  get dispute(): string | null {
    const sides = this.#disputed.filter(({ contradicting }) => contradicting.length > 0);
    if (sides.length === 0) return null;
    const words = sides.map(({ host, contradicting }) => {
      return `the peer at ${namesOf([host])} has other final blocks than ${namesOf(contradicting)}`;
    });
    return `The hosts contradict each other: ${words.join("; ")}. Name in --join whom you trust.`;
  }

  /**
   * Asks each of the others for the last block that is final for it and in the Order of a host.
   * Those that don't tell are in neither.
   */
  async #wordOn({ host, joined }: JoinCandidate) {
    const agreeing: JoinHost[] = [];
    const contradicting: JoinHost[] = [];
    const ask = async (other: JoinHost) => {
      const hasIt = await hasBlockOf(joined.order, other);
      if (hasIt !== null) (hasIt ? agreeing : contradicting).push(other);
    };
    await Promise.all([...this.#witnesses].filter((each) => each !== host).map(ask));
    return { agreeing, contradicting };
  }
}

/** Null when it does not tell. */
async function hasBlockOf(order: Order, { neighbour, status }: JoinHost): Promise<boolean | null> {
  const final = status.points[CONSENSUS_LEVEL.FINALITY] ?? 0;
  const position = Math.min(final, finalityPoint(order)) - 1;
  const key = position < 0 ? null : keyOfBlock(order, position);
  if (key === null) return null;
  try {
    return (await neighbour.cells([key])).has(key);
  } catch (error) {
    if (!(error instanceof NoReplyError)) throw error;
    return null;
  }
}

/** Hash key of what of a block can be asked for by itself: the signed one, or what is in it. */
function keyOfBlock(order: Order, position: number): string | null {
  const signed = order.blocks.get(position);
  if (!(signed instanceof SignedData)) return null;
  if (isBranch(signed)) return slotHashKey(signed);
  const slot = signed.slotAt();
  return isBranch(slot) ? slotHashKey(slot) : null;
}
