// What the others of a network can agree on without a peer: by the weights of consensus, which fall
// while a peer makes no blocks (sheet 04 §3.3.2), not by stakes.

import { CONSENSUS_THRESHOLD } from "../../consensus/cpos.ts";
import { stakeDecay } from "../../consensus/weights.ts";
import { readForm } from "../../cvm/compile/read-form.ts";
import { isInteger } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { Vector } from "../../data/vector.ts";
import type { PeerClient } from "../contact/peer-client.ts";
import { requireSuccess } from "../transactions/result-output.ts";

export interface Votes {
  /** A peer's part of all voting weight, 0 to 1. */
  readonly share: number;
  /** Whether the peer that says so takes no part in consensus. */
  readonly isStale: boolean;
}

/** Null when the answer tells no weights. @throws NoReplyError, CommandError */
export async function votingShare(client: PeerClient, peer: string): Promise<Votes | null> {
  const source =
    "[*timestamp* (reduce (fn [v [k p]] (conj v [(= k " +
    `0x${peer}) (+ (:stake p) (:delegated-stake p)) (:timestamp p)])) [] (:peers *state*))]`;
  const answer = await client.ask(readForm(source));
  requireSuccess(answer);
  const found = answer.result;
  if (!(found instanceof Vector) || found.count !== 2) return null;
  const [now, peers] = [found.get(0), found.get(1)];
  if (!isInteger(now) || !(peers instanceof Vector)) return null;
  let own = 0;
  let total = 0;
  for (const row of peers) {
    if (!(row instanceof Vector) || row.count !== 3) return null;
    const [shares, time] = [row.get(1), row.get(2)];
    if (!isInteger(shares) || !isInteger(time)) return null;
    const weight = Number(shares) * stakeDecay(now, time);
    total += weight;
    if (row.get(0) === true) own += weight;
  }
  const isStale = answer.info?.get(Keyword.of("stale")) === true;
  return { share: total === 0 ? 0 : own / total, isStale };
}

/** Whether nothing becomes final any more with this part of the voting weight, 0 to 1. */
export function isTooLittle(share: number): boolean {
  return share <= CONSENSUS_THRESHOLD;
}
