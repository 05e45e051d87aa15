// The turns of the faucet: who has waited too long is told so, and gets nothing later.

import { expect, test } from "bun:test";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { Address } from "../../src/data/address.ts";
import type { PeerApi } from "../../src/peer/peer-api.ts";
import { Faucet, FaucetBusyError } from "../../src/rest/faucet.ts";
import { Result } from "../../src/state/result.ts";
import { SEED } from "./api-under-test.ts";

const TARGET = Address.of(13);

/** A peer that answers when it is told to. */
function scene() {
  let now = 0;
  const answers: (() => void)[] = [];
  const peer = {
    state: () => ({ account: () => ({ sequence: 0 }) }),
    submit: () =>
      new Promise<Result>((resolve) => {
        answers.push(() => resolve(Result.of({ result: 5 })));
      }),
  };
  const keyPair = KeyPair.fromSeed(SEED);
  const faucet = new Faucet(peer as unknown as PeerApi, keyPair, Address.of(12), () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  return { answers, faucet, pass };
}

test("who has waited longer than its connection may last is refused", async () => {
  const { answers, faucet, pass } = scene();
  const first = faucet.give(TARGET, 5);
  const second = faucet.give(TARGET, 5).catch((error: unknown) => error);
  pass(8_000);
  const third = faucet.give(TARGET, 5);
  await Bun.sleep(0);
  pass(16_000);
  answers.shift()?.();
  expect((await first).result).toBe(5);
  expect(await Promise.race([second, Bun.sleep(100)])).toBeInstanceOf(FaucetBusyError);
  // The second was not submitted, the third was.
  expect(answers.length).toBe(1);
  answers.shift()?.();
  expect((await third).result).toBe(5);
});
