// Exact checks of signatures are dear, and anybody can ask for them: what a peer takes in and votes
// with gets so many a second, and no signature that a client makes as usual is refused for it.

import { expect, test } from "bun:test";
import { Address } from "../../../src/data/address.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { EXACT_CHECKS_PER_SECOND } from "../../../src/peer/bounds.ts";
import { ExactChecks } from "../../../src/peer/signatures/exact-checks.ts";
import type { Result } from "../../../src/state/result.ts";
import { Transfer } from "../../../src/state/transaction.ts";
import { signCofactored } from "../../crypto/cofactored-signature.ts";
import { keyPair, newPeer, TestClock, transfer } from "../scene.ts";

function badlySigned(sequence: number): SignedData {
  const { publicKey, signature, value } = transfer(2, sequence);
  const wrong = signature.slice();
  wrong[3] = (wrong[3] as number) ^ 1;
  return SignedData.of(publicKey, wrong, value);
}

const cofactored = (sequence: number) =>
  signCofactored(
    new Uint8Array(32).fill(3),
    Transfer.of(Address.of(2), sequence, Address.of(1), 1),
  );

test("exact checks are bounded by the second, and their verdicts are remembered", () => {
  const clock = new TestClock();
  const checks = new ExactChecks(clock);
  const first = badlySigned(1);
  expect(checks.verdictOn(first)).toBe(false);
  expect(checks.verdictOn(cofactored(1))).toBe(true);
  for (let i = 2; i < EXACT_CHECKS_PER_SECOND; i++) {
    expect(checks.verdictOn(badlySigned(i))).toBe(false);
  }
  const late = cofactored(2);
  expect(checks.verdictOn(late)).toBeNull();
  expect(late.verified).toBeNull();
  expect(checks.verdictOn(first)).toBe(false);
  const { publicKey, signature, value } = transfer(2, 3);
  expect(checks.verdictOn(SignedData.of(publicKey, signature, value))).toBe(true);
  clock.advance(Math.ceil(1_000 / EXACT_CHECKS_PER_SECOND));
  expect(checks.verdictOn(late)).toBe(true);
  expect(checks.verdictOn(badlySigned(4))).toBeNull();
  clock.advance(3_600_000);
  for (let i = 0; i < EXACT_CHECKS_PER_SECOND; i++) {
    expect(checks.verdictOn(badlySigned(i))).toBe(false);
  }
  expect(checks.verdictOn(badlySigned(5))).toBeNull();
});

test("a flood of bad signatures is refused in words, and honest transactions go on", async () => {
  const clock = new TestClock();
  const peer = newPeer({ clock });
  const messages = new Map<string, number>();
  const count = (result: Result) => {
    expect(result.error).toMatchObject({ name: "SIGNATURE" });
    messages.set(String(result.result), (messages.get(String(result.result)) ?? 0) + 1);
  };
  for (let i = 0; i < 3 * EXACT_CHECKS_PER_SECOND; i++) count(await peer.submit(badlySigned(1)));
  expect([...messages.values()]).toEqual([EXACT_CHECKS_PER_SECOND, 2 * EXACT_CHECKS_PER_SECOND]);
  count(await peer.submit(cofactored(1)));
  expect((await peer.submit(transfer(2, 1))).isError).toBe(false);
  clock.advance(1_000);
  expect((await peer.submit(cofactored(2))).isError).toBe(false);
  await peer.close();
  expect(keyPair(2).publicKey).toEqual(cofactored(1).publicKey as Uint8Array);
});
