// A peer that makes no block for three minutes loses its weight in consensus (sheet 04 §3.6). Where
// only the attacked peer and the attacker have transactions, those two end with two thirds of all
// weight, and without the attacker nobody has a quorum. In a network in use all peers make blocks.

import { withPeer } from "../../src/cli/contact/peer-client.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { SignedData } from "../../src/data/signed.ts";
import { print } from "../../src/lang/printer.ts";
import type { State } from "../../src/state/state.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { type OurPeer, seedHex } from "../interop/our-peer.ts";
import { addressOf } from "./account-of-key.ts";

const RESULT_MS = 60_000;

/**
 * Has each of the peers make a block, by a transaction of the account that its key controls.
 * @throws Error with what a transaction came to that did not succeed
 */
export async function makeBlocks(peers: readonly OurPeer[], genesis: State): Promise<void> {
  await Promise.all(peers.map((peer) => makeBlock(peer, genesis)));
}

async function makeBlock({ choice }: OurPeer, genesis: State): Promise<void> {
  const keyPair = KeyPair.fromSeed(Buffer.from(seedHex(choice.number), "hex"));
  const from = addressOf(genesis, keyPair.publicKey);
  await withPeer({ host: choice.host, port: choice.port }, async (client) => {
    const sequence = Number(await client.query(readForm("*sequence*"), from));
    const signed = SignedData.sign(keyPair, Invoke.of(from, sequence + 1, 1));
    const result = await client.submit(signed, RESULT_MS);
    if (result.isError) throw new Error(`peer ${choice.number}: ${print(result.error)}`);
  });
}
