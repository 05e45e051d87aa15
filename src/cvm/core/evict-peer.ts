// Core `evict-peer` (sheet 03 §4.3): every delegator, then the controller, gets the value of its
// shares back, and the record of the peer is removed.

import { Address } from "../../data/address.ts";
import type { Blob } from "../../data/blob.ts";
import type { Integer } from "../../data/cell.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../state/constants.ts";
import { subtractLongs } from "../../state/long.ts";
import type { PeerStatus } from "../../state/peer-status.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";

/**
 * The outcome is the change of the stake that was paid out last: that of the controller, or of a
 * delegator if the controller has none. If nobody was paid it is what the result register held
 * (T15).
 * @throws HostError for a record that the reference can't pay out: nil `:stakes` (T27), for example
 */
export function evictPeer(ctx: Context, key: Blob): Outcome {
  const peer = ctx.state.peer(key);
  if (peer === null) return ctx.result;
  if (!peer.isControlledBy(ctx.address) && peer.peerStake >= MINIMUM_EFFECTIVE_STAKE) {
    return ctx.fail(CODE.STATE, "Peer has too much stake to be evicted");
  }
  if (ctx.state.peers.count <= 1) return ctx.fail(CODE.STATE, "Cannot evict the last peer");
  const { stakes } = peer;
  if (stakes === null) throw new HostError("evict-peer of a peer without :stakes");
  let rest = peer;
  for (const [delegator] of stakes.entries()) {
    if (!(delegator instanceof Address)) throw new HostError("a delegator is no Address");
    // The limit grows by the same juice, so whoever evicts pays nothing for the delegators.
    ctx.juiceLimit += JUICE.TRANSFER;
    if (!ctx.charge(JUICE.TRANSFER)) return EXIT;
    const paid = payOut(ctx, key, rest, delegator, rest.delegatorStake(delegator), (record) =>
      record.withDelegatedStake(delegator, 0),
    );
    if (paid === EXIT) return EXIT;
    rest = paid;
  }
  const ownStake = rest.peerStake;
  if (ownStake !== 0) {
    const { controller } = rest;
    if (controller === null) throw new HostError("a peer without controller");
    const paid = payOut(ctx, key, rest, controller, ownStake, (record) => record.withPeerStake(0));
    if (paid === EXIT) return EXIT;
  }
  ctx.setState(ctx.state.withPeer(key, null));
  return ctx.result;
}

/**
 * Pays `amount` copper to an account, changes the peer's record and sets the result register; does
 * nothing for 0. A balance that rewards have brought beyond 2^63 is a debt, which the account may
 * be too poor to pay: :FUNDS (T49).
 */
function payOut(
  ctx: Context,
  key: Blob,
  peer: PeerStatus,
  target: Address,
  amount: Integer,
  change: (peer: PeerStatus) => PeerStatus,
): PeerStatus | typeof EXIT {
  if (amount === 0) return peer;
  const account = ctx.accountAt(target);
  if (account === null) throw new HostError(`no account ${target.value} to pay stake to`);
  const delta = subtractLongs(0, amount);
  if (delta > account.balance) return ctx.fail(CODE.FUNDS, "Insufficient balance to set stake");
  const paid = account.withBalance(subtractLongs(account.balance, delta));
  const changed = change(peer);
  ctx.setState(ctx.state.withAccount(target, paid).withPeer(key, changed));
  ctx.result = delta;
  return changed;
}
