// The State that simulated networks begin with: users with coins, and peers of equal stake that
// have all had a block a moment ago, as in a network that has been running. With peers that have
// had none the first block would give its peer nearly all weight (sheet 04 §3.6): a weakness of a
// young network's, not what is looked for here.

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { GOLD, INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { State } from "../../src/state/state.ts";
import { Invoke, Transfer } from "../../src/state/transaction.ts";
import { knownSigner } from "./verdicts.ts";

export const USERS = 40;
export const STAKE = 100_000 * GOLD;
/** The account that controls all peers: user #1. */
export const CONTROLLER = 1;
const BALANCE = 1_000 * GOLD;
/** Bytes of memory that each user owns beforehand. */
const ALLOWANCE = 10_000;
/** So late that a clock that is wrong by SKEW_MAX_MS is not before the genesis State. */
export const START_MS = INITIAL_TIMESTAMP + 12 * 60_000;

/** Seeds of users begin behind those of peers. */
const FIRST_USER_SEED = 128;

export function peerKey(index: number): KeyPair {
  return knownSigner(KeyPair.fromSeed(new Uint8Array(32).fill(index + 1)));
}

const userKeys = Array.from({ length: USERS }, (_, i) =>
  knownSigner(KeyPair.fromSeed(new Uint8Array(32).fill(FIRST_USER_SEED + i))),
);

/** A transfer of one copper by user #1 … #USERS to the next one. */
export function transfer(user: number, sequence: number): SignedData {
  const to = Address.of((user % USERS) + 1);
  const signed = Transfer.of(Address.of(user), sequence, to, 1);
  return SignedData.sign(userKeys[user - 1] as KeyPair, signed);
}

/** A command of the controller's. */
export function invoke(sequence: number, command: Value): SignedData {
  const signed = Invoke.of(Address.of(CONTROLLER), sequence, command);
  return SignedData.sign(userKeys[CONTROLLER - 1] as KeyPair, signed);
}

/** The genesis State of a network of so many peers as a message; each peer reads its own copy. */
export function genesisMessage(peers: number): Uint8Array {
  const accounts = [AccountStatus.EMPTY];
  for (const { publicKey } of userKeys) {
    const user = { key: Blob.of(publicKey), balance: BALANCE, allowance: ALLOWANCE };
    accounts.push(AccountStatus.EMPTY.with(user));
  }
  let statuses = Index.EMPTY;
  for (let i = 0; i < peers; i++) {
    const fields = [Address.of(CONTROLLER), STAKE, Index.EMPTY, 0, null, START_MS, STAKE];
    const key = Blob.of(peerKey(i).publicKey);
    statuses = statuses.assoc(key, new PeerStatus(fields)) as Index;
  }
  return encodeMultiCell(State.of(Vector.from(accounts), statuses, initialGlobals(), Index.EMPTY));
}

export function readGenesis(message: Uint8Array): State {
  const state = decodeMultiCell(message.slice(), CVM_TABLE, null);
  if (!(state instanceof State)) throw new Error("the genesis message holds no State");
  return state;
}
