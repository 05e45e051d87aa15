// Core functions of peers and stake (sheet 02 §13, sheet 03 §4.3). Checks come in the order of the
// sheets, since they are consensus. So are defects of the reference: functions that change nothing
// give the result register (T15), set-peer-data only looks at the account's own key (T16), and what
// fails costs its juice (T23). Where stake arithmetic throws in the reference it throws HostError.

import type { Blob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { MAX_SUPPLY } from "../../state/constants.ts";
import { subtractLongs } from "../../state/long.ts";
import { PeerStatus } from "../../state/peer-status.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castAddress, castHashMap, castKey, castKeyByLength, castLong } from "./arguments.ts";
import { evictPeer } from "./evict-peer.ts";

const TWO = { min: 2, max: 2 };

function isValidAmount(amount: Integer): boolean {
  return amount >= 0 && amount <= MAX_SUPPLY;
}

/** Completes with what a change of stake gave, unless that is an exit. */
function completed(ctx: Context, outcome: Outcome): Outcome {
  return outcome === EXIT ? EXIT : ctx.complete(outcome);
}

function noPeer(ctx: Context, key: Blob): typeof EXIT {
  return ctx.fail(CODE.STATE, `Peer does not exist for account key: 0x${key.toHex()}`);
}

function badStake(ctx: Context): typeof EXIT {
  return ctx.fail(CODE.ARGUMENT, "Target stake out of valid Amount range");
}

function noFunds(ctx: Context): typeof EXIT {
  return ctx.fail(CODE.FUNDS, "Insufficient balance to set stake");
}

/** Takes `amount` copper from the current account, and replaces a peer's record. */
function payInto(ctx: Context, amount: Integer, key: Blob, peer: PeerStatus): void {
  const account = ctx.account();
  const paid = account.withBalance(subtractLongs(account.balance, amount));
  ctx.setState(ctx.state.withAccount(ctx.address, paid).withPeer(key, peer));
}

function createPeer(ctx: Context, args: Value[]): Outcome {
  const key = castKey(ctx, args[0] as Value, 0);
  if (key === EXIT) return EXIT;
  const stake = castLong(ctx, args[1] as Value, 1);
  if (stake === EXIT) return EXIT;
  return ctx.chargeAfter(JUICE.PEER_UPDATE, registerPeer(ctx, key, stake));
}

function registerPeer(ctx: Context, key: Blob, stake: Integer): Outcome {
  if (ctx.state.peer(key) !== null) {
    return ctx.fail(CODE.STATE, `Peer already exists for this account key: ${key.toHex()}`);
  }
  if (stake === 0) return ctx.fail(CODE.ARGUMENT, "Cannot create a peer with zero stake");
  if (!isValidAmount(stake)) return badStake(ctx);
  if (stake > ctx.account().balance) return noFunds(ctx);
  payInto(ctx, stake, key, PeerStatus.create(ctx.address, stake));
  return ctx.result;
}

function setStake(ctx: Context, args: Value[]): Outcome {
  const key = castKeyByLength(ctx, args[0] as Value, 0, "Peer Key for stake must be 32 bytes");
  if (key === EXIT) return EXIT;
  const stake = castLong(ctx, args[1] as Value, 1);
  if (stake === EXIT) return EXIT;
  return ctx.chargeAfter(JUICE.TRANSFER, completed(ctx, changeDelegatedStake(ctx, key, stake)));
}

function changeDelegatedStake(ctx: Context, key: Blob, stake: Integer): Outcome {
  const peer = ctx.state.peer(key);
  if (peer === null) return noPeer(ctx, key);
  if (!isValidAmount(stake)) return badStake(ctx);
  const delta = subtractLongs(stake, peer.delegatorStake(ctx.address));
  if (delta === 0) return ctx.result;
  if (delta > ctx.account().balance) return noFunds(ctx);
  payInto(ctx, delta, key, peer.withDelegatedStake(ctx.address, stake));
  return delta;
}

function setPeerStake(ctx: Context, args: Value[]): Outcome {
  const key = castKey(ctx, args[0] as Value, 0);
  if (key === EXIT) return EXIT;
  const stake = castLong(ctx, args[1] as Value, 1);
  if (stake === EXIT) return EXIT;
  if (!ctx.charge(JUICE.PEER_UPDATE)) return EXIT;
  return completed(ctx, changeOwnStake(ctx, key, stake));
}

function changeOwnStake(ctx: Context, key: Blob, stake: Integer): Outcome {
  const peer = ctx.state.peer(key);
  if (peer === null) return noPeer(ctx, key);
  if (!isValidAmount(stake)) return badStake(ctx);
  if (!peer.isControlledBy(ctx.address)) return notController(ctx);
  const delta = subtractLongs(stake, peer.peerStake);
  if (delta === 0) return ctx.result;
  if (delta > ctx.account().balance) return noFunds(ctx);
  // The account pays the difference of values, the peer's balance moves by that of shares. The two
  // differ by rewards, so coins appear or vanish here.
  payInto(ctx, delta, key, peer.withPeerStake(stake));
  return delta;
}

function notController(ctx: Context): typeof EXIT {
  return ctx.fail(CODE.STATE, "Current address is not the controller of this peer");
}

function setPeerData(ctx: Context, args: Value[]): Outcome {
  // Checked and then ignored: what counts is the account's own key (T16).
  if (castKey(ctx, args[0] as Value, 0) === EXIT) return EXIT;
  const metadata = castHashMap(ctx, args[1] as Value, 1);
  if (metadata === EXIT) return EXIT;
  if (!ctx.charge(JUICE.PEER_UPDATE)) return EXIT;
  const { key } = ctx.account();
  if (key === null) return ctx.fail(CODE.STATE, "Account has no key, so cannot control a peer");
  const peer = ctx.state.peer(key);
  if (peer === null) return noPeer(ctx, key);
  if (!peer.isControlledBy(ctx.address)) return notController(ctx);
  ctx.setState(ctx.state.withPeer(key, peer.withMetadata(metadata)));
  return ctx.result;
}

function evict(ctx: Context, args: Value[]): Outcome {
  const key = castKey(ctx, args[0] as Value, 0);
  if (key === EXIT) return EXIT;
  if (!ctx.charge(JUICE.PEER_UPDATE)) return EXIT;
  return completed(ctx, evictPeer(ctx, key));
}

function getStake(ctx: Context, args: Value[]): Outcome {
  const key = castKeyByLength(ctx, args[0] as Value, 0, "Peer Key must be 32 bytes");
  if (key === EXIT) return EXIT;
  const delegator = castAddress(ctx, args[1] as Value, 1);
  if (delegator === EXIT) return EXIT;
  return ctx.withResult(JUICE.LOOKUP, ctx.state.peer(key)?.delegatorStake(delegator) ?? null);
}

function getPeerStake(ctx: Context, args: Value[]): Outcome {
  const key = castKeyByLength(ctx, args[0] as Value, 0, "Peer Key must be 32 bytes");
  if (key === EXIT) return EXIT;
  return ctx.withResult(JUICE.LOOKUP, ctx.state.peer(key)?.peerStake ?? null);
}

export const PEER_FNS: readonly CoreFn[] = [
  coreFn(64, "set-stake", TWO, setStake),
  coreFn(65, "create-peer", TWO, createPeer),
  coreFn(66, "set-peer-data", TWO, setPeerData),
  coreFn(67, "set-peer-stake", TWO, setPeerStake),
  coreFn(68, "evict-peer", { min: 1, max: 1 }, evict),
  coreFn(69, "get-stake", TWO, getStake),
  coreFn(70, "get-peer-stake", { min: 1, max: 1 }, getPeerStake),
];
