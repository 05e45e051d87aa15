// Whether a block may be applied (sheet 03 §9.2 step 1). Its signature was checked when the block
// was taken into an Order.

import { Blob } from "../data/blob.ts";
import type { SignedData } from "../data/signed.ts";
import { Block } from "../state/block.ts";
import {
  MAX_BLOCK_BACKDATE,
  MAX_TRANSACTIONS_PER_BLOCK,
  MINIMUM_EFFECTIVE_STAKE,
} from "../state/constants.ts";
import { subtractLongs } from "../state/long.ts";
import { StakeMathError } from "../state/peer-stake.ts";
import type { PeerStatus } from "../state/peer-status.ts";
import type { State } from "../state/state.ts";

/**
 * Why a block is refused; null when it is not.
 * @param state State before the block
 */
export function checkBlock(state: State, signedBlock: SignedData): string | null {
  const block = signedBlock.value;
  const { publicKey } = signedBlock;
  if (!(block instanceof Block) || publicKey === null) return "Not a signed block!";
  const peer = state.peer(Blob.of(publicKey));
  if (peer === null) return "Missing Peer!";
  const stakeRefusal = refusalOfStake(peer);
  if (stakeRefusal !== null) return stakeRefusal;
  if (block.timestamp < peer.timestamp) return "Block out of order";
  if (block.timestamp < subtractLongs(state.timestamp, MAX_BLOCK_BACKDATE)) return "Block too old";
  const { transactions } = block;
  if (transactions !== null && transactions.count > MAX_TRANSACTIONS_PER_BLOCK) {
    return "Illegal Block Size!";
  }
  return null;
}

/** Also when the value of the stake can't be computed (sheet 03 §4.3, defect 2). */
function refusalOfStake(peer: PeerStatus): string | null {
  try {
    return peer.peerStake < MINIMUM_EFFECTIVE_STAKE ? "Insufficient Stake!" : null;
  } catch (error) {
    if (error instanceof StakeMathError) return error.message;
    throw error;
  }
}
