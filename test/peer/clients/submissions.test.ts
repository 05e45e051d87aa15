// Transactions whose signatures are checked on other threads: what is checked at all, and what has
// changed when the check is done.

import { expect, test } from "bun:test";
import { SignedData } from "../../../src/data/signed.ts";
import { TRANSACTION_LIMITS } from "../../../src/peer/clients/transactions.ts";
import type { Peer } from "../../../src/peer/peer.ts";
import { CHECK_ASIDE } from "../../../src/peer/signatures/signature-checks.ts";
import type { Result } from "../../../src/state/result.ts";
import { errorOf, keyPair, newPeer, transfer } from "../scene.ts";

/** As it comes from a client: nobody has looked at the signature. */
function unchecked(signed: SignedData): SignedData {
  return SignedData.of(signed.publicKey, signed.signature, signed.value);
}

const sent = (sequence: number) => unchecked(transfer(2, sequence));

/** Checks that end when they are told to. */
class Checks {
  readonly #ends: (() => void)[] = [];

  check = (signed: SignedData, done: () => void): void => {
    this.#ends.push(() => {
      signed.setVerified(true);
      done();
    });
  };

  get begun(): number {
    return this.#ends.length;
  }

  end(index: number): void {
    this.#ends[index]?.();
  }
}

function scene(limits = TRANSACTION_LIMITS): { readonly checks: Checks; readonly peer: Peer } {
  const checks = new Checks();
  return { checks, peer: newPeer({ apiSignatures: checks, limits }) };
}

test("transactions of an account keep their order however the checks end", async () => {
  const { checks, peer } = scene();
  const results = [1, 2, 3].map((sequence) => peer.submit(sent(sequence)));
  expect(checks.begun).toBe(3);
  checks.end(2);
  checks.end(1);
  checks.end(0);
  expect((await Promise.all(results)).map(errorOf)).toEqual([null, null, null]);
});

test("a transaction that is refused for another reason has its signature not checked", async () => {
  const { checks, peer } = scene();
  const late = unchecked(transfer(2, 0));
  const foreign = unchecked(SignedData.sign(keyPair(3), transfer(2, 1).value));
  const results = await Promise.all([peer.submit(late), peer.submit(foreign)]);
  expect(results.map(errorOf)).toEqual(["SEQUENCE", "SIGNATURE"]);
  expect(checks.begun).toBe(0);
});

test("a transaction that is on its way already is not checked again", async () => {
  const { checks, peer } = scene();
  const first = peer.submit(sent(1));
  checks.end(0);
  // Two turns: the check's own, and the one in which the transaction is queued.
  await Promise.resolve();
  await Promise.resolve();
  const again = peer.submit(sent(1));
  expect(checks.begun).toBe(1);
  expect((await Promise.all([first, again])).map(errorOf)).toEqual([null, null]);
});

test("no more signatures are checked at a time than transactions may wait for a block", async () => {
  const { checks, peer } = scene({ ...TRANSACTION_LIMITS, queueMax: 2 });
  const results: Promise<Result>[] = [1, 2, 3].map((sequence) => peer.submit(sent(sequence)));
  expect(errorOf((await results[2]) as Result)).toBe("LOAD");
  checks.end(0);
  checks.end(1);
  expect((await Promise.all(results.slice(0, 2))).map(errorOf)).toEqual([null, null]);
});

test("checks that are over leave their places to others", async () => {
  const { checks, peer } = scene({ ...TRANSACTION_LIMITS, queueMax: 2 });
  for (let sequence = 1; sequence <= 5; sequence++) {
    const result = peer.submit(sent(sequence));
    checks.end(sequence - 1);
    expect(errorOf(await result)).toBeNull();
  }
});

test("a transaction that is on its way already is admitted once, and not refused", async () => {
  const peer = newPeer();
  let admitted = 0;
  const admit = () => {
    admitted++;
  };
  const first = peer.submit(sent(1), admit);
  expect(admitted).toBe(1);
  const results = [first, peer.submit(sent(1), admit)];
  expect((await Promise.all(results)).map(errorOf)).toEqual([null, null]);
  expect(admitted).toBe(1);
  expect(errorOf(await peer.submit(sent(1), admit))).toBe("SEQUENCE");
  expect(admitted).toBe(1);
});

test("a peer that has stopped meanwhile takes nothing in", async () => {
  const { checks, peer } = scene();
  const result = peer.submit(sent(1));
  await peer.close();
  checks.end(0);
  expect(errorOf(await result)).toBe("NETWORK");
});

test("signatures checked by the system's threads are believed, and forged ones refused", async () => {
  const peer = newPeer({ apiSignatures: CHECK_ASIDE });
  const forged = SignedData.of(keyPair(2).publicKey, new Uint8Array(64).fill(7), sent(1).value);
  const [bad, good] = await Promise.all([peer.submit(forged), peer.submit(sent(1))]);
  expect([bad, good].map((result) => errorOf(result as Result))).toEqual(["SIGNATURE", null]);
});
