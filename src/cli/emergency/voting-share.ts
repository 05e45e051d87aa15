// What the others of a network can agree on without a peer: by the weights of consensus, which fall
// while a peer makes no blocks (sheet 04 §3.3.2), not by stakes.

import { CONSENSUS_THRESHOLD } from "../../consensus/cpos.ts";
import { stakeDecay } from "../../consensus/weights.ts";
import { readForm } from "../../cvm/compile/read-form.ts";
import { isInteger } from "../../data/integer.ts";
import { Vector } from "../../data/vector.ts";
import type { PeerClient } from "../contact/peer-client.ts";

/** A peer's part of all voting weight, 0 to 1. @throws NoReplyError, CommandError */
export async function votingShare(client: PeerClient, peer: string): Promise<number> {
  const source =
    "[*timestamp* (reduce (fn [v [k p]] (conj v [(= k " +
    `0x${peer}) (+ (:stake p) (:delegated-stake p)) (:timestamp p)])) [] (:peers *state*))]`;
  const found = await client.query(readForm(source));
  if (!(found instanceof Vector)) return 0;
  const [now, peers] = [found.get(0), found.get(1)];
  if (!isInteger(now) || !(peers instanceof Vector)) return 0;
  let own = 0;
  let total = 0;
  for (const row of peers) {
    if (!(row instanceof Vector)) continue;
    const [shares, time] = [row.get(1), row.get(2)];
    const weight =
      isInteger(shares) && isInteger(time) ? Number(shares) * stakeDecay(now, time) : 0;
    total += weight;
    if (row.get(0) === true) own += weight;
  }
  return total === 0 ? 0 : own / total;
}

/** Whether nothing becomes final any more when a peer with this share stops. */
export function isNeeded(share: number): boolean {
  return 1 - share <= CONSENSUS_THRESHOLD;
}
