// A State of a few accounts without libraries: #8 defines `*lang*` alone, so code names core
// functions as `#%name`. Users #11 … #15 have the keys of seeds 1 … 5; #9 is an actor; peer 1 may
// make blocks.

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { LANG } from "../../src/cvm/account/definitions.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { CVMMap } from "../../src/data/map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { Block } from "../../src/state/block.ts";
import { EMERALD, INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { CORE_POSITION, State } from "../../src/state/state.ts";
import { Invoke, type Transaction, Transfer } from "../../src/state/transaction.ts";

export const T0 = INITIAL_TIMESTAMP;
export const USER = 11;
export const OTHER = 12;
export const ACTOR = 9;
export const STAKE = 2_000_000_000_000;
const USERS = 5;
const ACCOUNTS = 16;

export function keyPair(seedByte: number): KeyPair {
  return KeyPair.fromSeed(new Uint8Array(32).fill(seedByte));
}

export function keyOfUser(i: number): Blob {
  return Blob.of(keyPair(i).publicKey);
}

export const PEER_KEY = keyOfUser(1);

function account(i: number): AccountStatus {
  if (i === CORE_POSITION) {
    return AccountStatus.of({ environment: CVMMap.EMPTY.assoc(LANG, null) });
  }
  const user = i - USER + 1;
  if (user < 1 || user > USERS) return AccountStatus.EMPTY;
  return AccountStatus.of({ key: keyOfUser(user), balance: EMERALD, allowance: 100 });
}

/** #15 has no coins. */
export function smallState(): State {
  const accounts = Vector.from(Array.from({ length: ACCOUNTS }, (_, i) => account(i)));
  const peers = Index.EMPTY.assoc(PEER_KEY, PeerStatus.create(Address.of(USER), STAKE));
  const state = State.of(accounts, peers as Index, initialGlobals(), Index.EMPTY);
  return withBalance(state, 15, 0);
}

export function withBalance(state: State, address: number, balance: number): State {
  const changed = (state.account(address) as AccountStatus).withBalance(balance);
  return state.withAccount(address, changed);
}

export function balanceOf(state: State, address: number): Value {
  return state.account(address)?.balance ?? null;
}

export function invoke(source: string, sequence = 1, origin = USER): Invoke {
  return Invoke.of(Address.of(origin), sequence, readForm(source));
}

export function transfer(target: number, amount: number | bigint, sequence = 1, origin = USER) {
  return Transfer.of(Address.of(origin), sequence, Address.of(target), amount);
}

/** Signed by the owner of the origin. */
export function sign(tx: Transaction): SignedData {
  return SignedData.sign(keyPair(Number(tx.origin.value) - USER + 1), tx);
}

/** A block of peer 1, `ms` after genesis. */
export function block(ms: number, ...txs: readonly Transaction[]): SignedData {
  return blockOf(ms, txs.map(sign));
}

/** A block of anything, by the peer with that seed. */
export function blockOf(ms: number, elements: readonly Value[], seedByte = 1): SignedData {
  return SignedData.sign(keyPair(seedByte), Block.of(T0 + ms, Vector.from(elements)));
}
