// Answers that are not what was asked for: no zero, and no absent record, is made of them.

import { expect, test } from "bun:test";
import { accountFacts } from "../../../src/cli/contact/account-facts.ts";
import type { PeerClient } from "../../../src/cli/contact/peer-client.ts";
import {
  delegatedBy,
  findPeer,
  networkFacts,
  peerFacts,
} from "../../../src/cli/contact/peer-facts.ts";
import { failedExit, sentenceOf } from "../../../src/cli/failure.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { Vector } from "../../../src/data/vector.ts";

const PEER = "ab".repeat(32);
const [NOUSER, UNAVAILABLE] = [67, 69];

function answering(value: Value): PeerClient {
  return { query: async () => value } as unknown as PeerClient;
}

async function failure(work: Promise<unknown>): Promise<readonly [number, string] | null> {
  return work.then(
    () => null,
    (error: unknown) => [failedExit(error), sentenceOf(error)] as const,
  );
}

const RECORD = [Address.of(11), 5, 5, 0, 0, 5, null, -1, true];

test("nil is no record, and a record is read", async () => {
  expect(await findPeer(answering(null), PEER)).toBeNull();
  expect(await findPeer(answering(Vector.from(RECORD)), PEER)).toMatchObject({ own: 5, shares: 5 });
  expect(await delegatedBy(answering(null), PEER, Address.of(11))).toBe(0);
});

test("a record that the peer hears of a moment later is read then", async () => {
  const late = (value: Value) => {
    const answers: Value[] = [null, null, value];
    return { query: async () => answers.shift() ?? null } as unknown as PeerClient;
  };
  expect(await peerFacts(late(Vector.from(RECORD)), PEER)).toMatchObject({ own: 5 });
  const account = Vector.from([null, 1, 2, 0]);
  expect(await accountFacts(late(account), Address.of(11))).toMatchObject({ balance: 2 });
  const absent = await failure(accountFacts(answering(null), Address.of(11)));
  expect(absent).toEqual([NOUSER, expect.stringContaining("Account #11 does not exist")]);
});

test.each([
  ["a peer's record that is none", () => findPeer(answering(7), PEER)],
  ["a record that is cut short", () => findPeer(answering(Vector.of(Address.of(11), 5)), PEER)],
  ["shares that are no number", () => findPeer(answering(Vector.from(RECORD.with(2, null))), PEER)],
  ["a network of no numbers", () => networkFacts(answering(null))],
  ["an account that is none", () => accountFacts(answering(true), Address.of(11))],
  [
    "an account whose sequence is no number",
    () => accountFacts(answering(Vector.from([null, null, 0, 0])), Address.of(11)),
  ],
  ["a stake that is none", () => delegatedBy(answering(true), PEER, Address.of(11))],
])("%s is said to be no peer's answer", async (_, ask) => {
  expect(await failure(ask())).toEqual([
    UNAVAILABLE,
    expect.stringContaining("What answers there is no Convex peer"),
  ]);
});
