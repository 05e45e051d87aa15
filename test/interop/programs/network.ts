// The network that programs run in: a genesis of a few peers, of which the first signs everything.

import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Block } from "../../../src/state/block.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import type { Blocks } from "./case.ts";

/** Peers of the genesis; the seed of each is its number repeated. */
export const PEERS = 4;
/** Controller of the first peer, with its key. */
export const CONTROLLER = 12;
export const BLOCK_MS = 1000;

/** Key pair of the first peer, and of its controller. */
export const FIRST = KeyPair.fromSeed(new Uint8Array(32).fill(1));

/** Blocks of the controller's transactions, as a peer would receive them. */
export function signedBlocks(blocks: Blocks, genesis: State): SignedData[] {
  return blockMessages(blocks, genesis).map(
    (message) => decodeMultiCell(message, CVM_TABLE, null) as SignedData,
  );
}

/** The same as messages, which may hold what can't be decoded. */
export function blockMessages(blocks: Blocks, genesis: State): Uint8Array[] {
  let sequence = genesis.account(CONTROLLER)?.sequence as number;
  let time = Number(genesis.timestamp);
  return blocks.map((sources) => {
    const signed = sources.map((source) => {
      const form = typeof source === "string" ? readForm(source) : source;
      return SignedData.sign(FIRST, Invoke.of(Address.of(CONTROLLER), ++sequence, form));
    });
    time += BLOCK_MS;
    return encodeMultiCell(SignedData.sign(FIRST, Block.of(time, Vector.from(signed))));
  });
}
