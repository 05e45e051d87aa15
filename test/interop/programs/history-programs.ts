// Histories: Blocks of several peers, some unknown, evicted or without stake, at times that go on,
// stand still and go back, with transactions of many origins. Each Block is made for the State that
// those before it leave.

import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { type Integer, MissingDataError, type Value } from "../../../src/data/cell.ts";
import { BadFormatError } from "../../../src/data/errors.ts";
import { integer } from "../../../src/data/integer.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { BLOCK_TAG, Block } from "../../../src/state/block.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "../../../src/state/constants.ts";
import { addLongs } from "../../../src/state/long.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, Transfer } from "../../../src/state/transaction.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { historyActor } from "./history-forms.ts";
import { HISTORY_KEYS } from "./history-network.ts";
import { TransactionMaker } from "./history-transactions.ts";
import { CONTROLLER, FIRST, PEERS } from "./network.ts";

/** Accounts of the first key, without coins in the genesis, and what they get. */
const POOR: readonly (readonly [address: number, amount: number])[] = [
  [17, 5_009],
  [18, 5_010],
  [19, 12_000],
  [20, 1_000_000],
  [21, 2 * 10 ** 9],
];
const HOUR_MS = 3_600_000;
const STEPS_MS = [0, 1, 500, 1_000, 1_000, 1_000, 1_000, 2_000, 60_000, HOUR_MS, 10 ** 9];
/** From the time of the State: around how far back a Block may be. */
const BACK_MS = [-1, -1_000, -899_999, -900_000, -900_001];
const ODD_TIMES: readonly Integer[] = [-1, -2, 0, integer(-(2n ** 63n)), 2 ** 53 - 1];

export function historyBlocks(random: CaseRandom, _index: number, genesis: State): Case {
  return { kind: "signed", messages: history(random, genesis) };
}

/** The same, of which each Block is also applied to a State that was read again. */
export function rereadHistory(random: CaseRandom, _index: number, genesis: State): Case {
  return { kind: "reread", messages: history(random, genesis) };
}

function history(random: CaseRandom, genesis: State): Uint8Array[] {
  const maker = new TransactionMaker(random, genesis);
  const messages: Uint8Array[] = [];
  let state = genesis;
  const append = (signed: Value): void => {
    const message = encodeMultiCell(signed);
    messages.push(message);
    state = after(state, message);
    maker.begin(state);
  };
  append(beginning(random, genesis));
  for (let more = 2 + random.below(8); more > 0; more--) append(nextBlock(random, state, maker));
  return messages;
}

/** The State after a Block; a message that holds none changes nothing. */
function after(state: State, message: Uint8Array): State {
  try {
    const signed = decodeMultiCell(message, CVM_TABLE, null);
    return signed instanceof SignedData ? applyBlock(state, signed).state : state;
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError) return state;
    throw error;
  }
}

/** Coins for those who have none, and actors. */
function beginning(random: CaseRandom, genesis: State): SignedData {
  const origin = Address.of(CONTROLLER);
  let sequence = genesis.account(CONTROLLER)?.sequence as number;
  const transfers = POOR.map(([address, amount]) =>
    Transfer.of(origin, ++sequence, Address.of(address), amount),
  );
  const actors = Array.from({ length: random.below(3) }, () =>
    Invoke.of(origin, ++sequence, readForm(historyActor(random))),
  );
  const signed = [...transfers, ...actors].map((tx) => SignedData.sign(FIRST, tx));
  const time = addLongs(genesis.timestamp, 1_000);
  return SignedData.sign(FIRST, Block.of(time, Vector.from(signed)));
}

function nextBlock(random: CaseRandom, state: State, maker: TransactionMaker): Value {
  const pair = peerOf(random);
  const time = timeOf(random, state);
  const count = random.oneIn(10) ? 0 : 1 + random.below(6);
  const members = Array.from({ length: count }, () => maker.member());
  if (random.oneIn(300)) fill(random, members);
  if (random.oneIn(100)) return oddBlock(random, pair, time, members);
  return SignedData.sign(pair, Block.of(time, Vector.from(members)));
}

/** Most are of the first peer, whom the others then see ahead. */
function peerOf(random: CaseRandom): KeyPair {
  const count = random.oneIn(8) ? HISTORY_KEYS.length : PEERS;
  return HISTORY_KEYS[random.below(count)] as KeyPair;
}

function timeOf(random: CaseRandom, state: State): Integer {
  if (random.oneIn(50)) return random.pick(ODD_TIMES);
  return addLongs(state.timestamp, random.pick(random.oneIn(10) ? BACK_MS : STEPS_MS));
}

/** As many as a Block may have, or one more. */
function fill(random: CaseRandom, members: Value[]): void {
  const [first] = members;
  if (first === undefined) return;
  const count = MAX_TRANSACTIONS_PER_BLOCK + random.below(2);
  while (members.length < count) members.push(first);
}

/** What is signed as a Block and is none, or is not signed as one is. */
function oddBlock(random: CaseRandom, pair: KeyPair, time: Integer, members: Value[]): Value {
  const transactions = Vector.from(members);
  const block = Block.of(time, transactions);
  const { publicKey } = pair;
  return random.pick<() => Value>([
    () => SignedData.sign(pair, new DenseRecord(BLOCK_TAG, Vector.of(time, transactions, null))),
    () => SignedData.sign(pair, new DenseRecord(BLOCK_TAG, Vector.of(null, transactions))),
    () => SignedData.sign(pair, new DenseRecord(BLOCK_TAG, Vector.of(2n ** 64n, transactions))),
    () => SignedData.sign(pair, transactions),
    () => SignedData.sign(pair, null),
    () => SignedData.of(publicKey, random.bytes(64), block),
  ])();
}
