// Tools that run code: queries, and transactions prepared, signed and submitted.

import * as v from "valibot";
import { KeyPair, SEED_LENGTH, SIGNATURE_LENGTH } from "../../crypto/ed25519.ts";
import type { Address } from "../../data/address.ts";
import type { Cell, Value } from "../../data/cell.ts";
import { List } from "../../data/list.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import type { Result } from "../../state/result.ts";
import { Invoke } from "../../state/transaction.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { nextSequence, prepared } from "../routes/prepare.ts";
import { submittedTransaction } from "../routes/transactions.ts";
import {
  accountOf,
  address,
  amountOf,
  bytesOf,
  formOf,
  integerOf,
  keyOf,
  optionalAddress,
  optionalText,
  optionalToken,
  sourceOf,
  text,
} from "./arguments.ts";
import { answer, READS_STATE, resultAnswer, type Tool, type ToolAnswer, tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

const CHANGES_STATE = { readOnlyHint: false, destructiveHint: true, openWorldHint: true };

const SEED_WORDS = "Ed25519 seed of the account's key: 32 bytes in hex. A secret";
const NO_SEQUENCE = "'sequence' must be an integer";
const SOURCE_WORDS = "One form of Convex Lisp";

async function submit(peer: PacedPeer, signed: SignedData): Promise<ToolAnswer> {
  return resultAnswer(peer, await peer.submit(signed));
}

/**
 * @param seed 32 bytes in hex, `0x` allowed
 * @throws ToolError when it is not that
 */
export function keyPairOf(seed: string): KeyPair {
  return KeyPair.fromSeed(bytesOf(seed, "seed", SEED_LENGTH));
}

/**
 * The Result of compiling the form for the account, as the reference's tool does it: what is
 * compiled costs less juice.
 */
async function compiled(peer: PeerApi, form: Value, account: Address): Promise<Result> {
  const quoted = List.from([CVMSymbol.of("quote"), form]);
  return peer.query(List.from([CVMSymbol.of("compile"), quoted]), account);
}

function execute(
  peer: PacedPeer,
  account: Address,
  keyPair: KeyPair,
  form: Value,
): Promise<ToolAnswer> {
  const transaction = Invoke.of(account, nextSequence(peer, account), form);
  return submit(peer, SignedData.sign(keyPair, transaction));
}

const query = tool({
  name: "query",
  title: "Query",
  description: [
    "Runs Convex Lisp on the current state without effect, signature or cost.",
    "Examples: (balance #13), (account #13), (@convex.fungible/balance #TOKEN #USER).",
  ].join(" "),
  input: v.object({
    source: text("Query requires 'source' string", SOURCE_WORDS),
    address: optionalAddress(),
  }),
  annotations: READS_STATE,
  call: async ({ source, address }, { peer }) => {
    const form = formOf(source, "Failed to parse query source");
    const account = address == null ? null : await accountOf(peer, address);
    return resultAnswer(peer, await peer.query(form, account));
  },
});

const prepare = tool({
  name: "prepare",
  title: "Prepare a transaction",
  description: [
    "Makes a transaction of Convex Lisp and answers, as 'hash', the bytes to be signed with the",
    "account's Ed25519 key. Sign them where the key is, then call 'submit'.",
    "Example of a source: (transfer #13 1000000).",
  ].join(" "),
  input: v.object({
    source: text("prepare requires 'source' string", SOURCE_WORDS),
    address: address("prepare requires 'address'"),
    sequence: v.nullish(
      v.pipe(
        v.union([v.number(), v.string(), v.bigint()], NO_SEQUENCE),
        v.metadata({ description: "Left out: the one after the account's" }),
      ),
    ),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  call: async ({ source, address, sequence }, { peer }) => {
    const account = await accountOf(peer, address);
    const parsed = sourceOf(source, "Failed to parse source");
    const given = sequence == null ? null : integerOf(sequence, NO_SEQUENCE);
    return answer(prepared(peer, account, parsed, given));
  },
});

const submitTool = tool({
  name: "submit",
  title: "Submit a signed transaction",
  description: "Submits a prepared transaction with its signature and answers its result.",
  input: v.object({
    hash: text("submit requires 'hash' string", "What 'prepare' answered as 'hash'"),
    accountKey: text("submit requires 'accountKey' string", "Public key of the account, in hex"),
    sig: optionalText("sig", "Ed25519 signature of the hash: 64 bytes in hex"),
    signature: optionalText("signature", "The same as sig"),
  }),
  annotations: CHANGES_STATE,
  call: ({ hash, accountKey, sig, signature }, { peer }) => {
    const given = sig ?? signature;
    if (given == null) throw new ToolError("submit requires 'sig' string");
    const transaction = submittedTransaction(bytesOf(hash, "hash"), peer);
    const key = keyOf(accountKey, "accountKey");
    return submit(peer, SignedData.of(key, bytesOf(given, "sig", SIGNATURE_LENGTH), transaction));
  },
});

const signAndSubmit = tool({
  name: "signAndSubmit",
  title: "Sign and submit a transaction",
  description: "Signs a prepared transaction with a seed, submits it and answers its result.",
  input: v.object({
    hash: text("signAndSubmit requires 'hash' string", "What 'prepare' answered as 'hash'"),
    seed: text("signAndSubmit requires 'seed' string", SEED_WORDS),
  }),
  annotations: CHANGES_STATE,
  takesSeed: true,
  call: ({ hash, seed }, { peer }) => {
    const transaction: Cell = submittedTransaction(bytesOf(hash, "hash"), peer);
    return submit(peer, SignedData.sign(keyPairOf(seed), transaction));
  },
});

const transact = tool({
  name: "transact",
  title: "Execute a transaction",
  description: "Compiles, signs with a seed, submits, and answers the result, in one go.",
  input: v.object({
    source: text("transact requires 'source' string", SOURCE_WORDS),
    seed: text("transact requires 'seed' string", SEED_WORDS),
    address: address("transact requires 'address'"),
  }),
  annotations: CHANGES_STATE,
  takesSeed: true,
  call: async ({ source, seed, address }, { peer }) => {
    const account = await accountOf(peer, address);
    const form = formOf(source, "Failed to parse source");
    const keyPair = keyPairOf(seed);
    const op = await compiled(peer, form, account);
    return op.isError ? resultAnswer(peer, op) : execute(peer, account, keyPair, op.result);
  },
});

const transfer = tool({
  name: "transfer",
  title: "Transfer coins or tokens",
  description: "Transfers an amount from an account whose seed is given. Coins count in copper.",
  input: v.object({
    address: address("transfer requires 'address'"),
    to: address("transfer requires 'to'"),
    amount: v.pipe(
      v.union([v.number(), v.string(), v.bigint()], "transfer requires 'amount'"),
      v.metadata({ description: "Copper (1,000,000,000 are one coin), or units of the token" }),
    ),
    seed: text("transfer requires 'seed' string", SEED_WORDS),
    token: optionalToken(),
  }),
  annotations: CHANGES_STATE,
  takesSeed: true,
  call: async ({ address, to, amount, seed, token }, { peer }) => {
    const account = await accountOf(peer, address);
    const target = await accountOf(peer, to);
    const quantity = amountOf(amount, "amount");
    if (token == null) {
      const form = List.from([CVMSymbol.of("transfer"), target, quantity]);
      return execute(peer, account, keyPairOf(seed), form);
    }
    const asset = await accountOf(peer, token);
    const source = `(@convex.fungible/transfer #${asset.value} #${target.value} ${quantity})`;
    return execute(peer, account, keyPairOf(seed), formOf(source, "transfer"));
  },
});

export const CODE_TOOLS: readonly Tool[] = [
  query,
  prepare,
  submitTool,
  signAndSubmit,
  transact,
  transfer,
];
