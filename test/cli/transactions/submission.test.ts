// What may be sent, and what is said of what was: by a peer that answers what it is told to.

import { expect, test } from "bun:test";
import type { PeerClient } from "../../../src/cli/contact/peer-client.ts";
import { failedExit, sentenceOf } from "../../../src/cli/failure.ts";
import { carryOut, send } from "../../../src/cli/transactions/submission.ts";
import { undecided } from "../../../src/cli/transactions/undecided.ts";
import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { toHex } from "../../../src/crypto/hex.ts";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { Address } from "../../../src/data/address.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { NoReplyError } from "../../../src/net/pending-requests.ts";
import { Result } from "../../../src/state/result.ts";
import { Invoke } from "../../../src/state/transaction.ts";

const TEMPFAIL = 75;
const KEY = KeyPair.fromSeed(new Uint8Array(32).fill(9));
const ORIGIN = Address.of(12);
const account = { address: ORIGIN, key: toHex(KEY.publicKey), balance: 10, allowance: 0 };
const DONE = Result.of({ id: 0, result: 7, error: null, info: null });

/** A peer that has the account at a sequence; what is submitted is counted. */
function peerAt(sequence: number) {
  const sent: unknown[] = [];
  const client = {
    address: "192.0.2.1:18888",
    ask: async () => DONE,
    query: async () => Vector.from([null, sequence, 10, 0]),
    submit: async (signed: unknown) => {
      sent.push(signed);
      return DONE;
    },
  };
  return { sent, client: client as unknown as PeerClient };
}

test("nothing is sent once another transaction of the account came first", async () => {
  const command = Invoke.of(ORIGIN, 5, 1);
  const intent = {
    summary: "",
    rows: [],
    warnings: [],
    account: { ...account, sequence: 4 },
    command,
  };
  const flags = { yes: true, dryRun: false, json: true, timeout: 5 };
  const signer = { opened: KEY };
  const before = peerAt(5);
  const refused = await carryOut(before.client, intent, signer, flags).catch((error) => error);
  expect([failedExit(refused), sentenceOf(refused), before.sent]).toEqual([
    TEMPFAIL,
    expect.stringContaining("came first: nothing was sent"),
    [],
  ]);
  const inTime = peerAt(4);
  expect(await carryOut(inTime.client, intent, signer, flags)).toMatchObject({ kind: "final" });
  expect(inTime.sent.length).toBe(1);
});

test("only of what an observer has refused is it said that nothing was sent on", async () => {
  const observer = {
    address: "192.0.2.1:18888",
    status: async () => ({ peer: keyOf(KEY.publicKey) }),
    query: async () => null,
  } as unknown as PeerClient;
  const told = async (isRefusal: boolean) => {
    const transaction = Invoke.of(ORIGIN, 5, 1);
    const failure = await undecided(observer, transaction, "why", { isRefusal, isFile: false });
    return [failure.exitCode, failure.message];
  };
  expect(await told(true)).toEqual([TEMPFAIL, expect.stringContaining("nothing was sent on")]);
  const [exitCode, unanswered] = await told(false);
  expect(exitCode).toBe(TEMPFAIL);
  expect(unanswered).toContain("Sent, but not known to be final");
  expect(unanswered).not.toContain("nothing was sent on");
});

test("what a full queue kept from being sent is not told of as sent", async () => {
  const signed = SignedData.sign(KEY, Invoke.of(ORIGIN, 5, 1));
  const toldOf = async (code: "LOAD" | "CLOSED") => {
    const submit = () => Promise.reject(new NoReplyError(code, "why"));
    const client = { address: "192.0.2.1:18888", submit } as unknown as PeerClient;
    const failure = await send(client, signed, 5).catch((error: unknown) => error);
    return [failedExit(failure), sentenceOf(failure)];
  };
  expect(await toldOf("CLOSED")).toEqual([
    TEMPFAIL,
    expect.stringContaining("Sent, but not known"),
  ]);
  const [, words] = await toldOf("LOAD");
  expect(words).not.toContain("Sent");
});
