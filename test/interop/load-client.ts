// Transfers by a client of ours over the binary protocol: a window of them under way at a time, and
// again behind the account's sequence when something failed.

import { PeerClient } from "../../src/cli/contact/peer-client.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { SignedData } from "../../src/data/signed.ts";
import { print } from "../../src/lang/printer.ts";
import { Invoke, Transfer } from "../../src/state/transaction.ts";

const PAUSE_MS = 500;
const RESULT_MS = 20_000;

export interface LoadOutcome {
  ok: number;
  readonly failed: Record<string, number>;
}

export interface LoadAccount {
  readonly address: number;
  readonly seed: string;
}

function keyPairOf({ seed }: LoadAccount): KeyPair {
  return KeyPair.fromSeed(Buffer.from(seed, "hex"));
}

/** Loads a peer until a time (performance.now), with so many transactions under way. */
export async function load(
  host: string,
  port: number,
  account: LoadAccount,
  until: number,
  window: number,
): Promise<LoadOutcome> {
  const outcome: LoadOutcome = { ok: 0, failed: {} };
  while (performance.now() < until) {
    try {
      await loadOnce(host, port, account, until, window, outcome);
    } catch (error) {
      count(outcome, error);
      await Bun.sleep(PAUSE_MS);
    }
  }
  return outcome;
}

async function loadOnce(
  host: string,
  port: number,
  account: LoadAccount,
  until: number,
  window: number,
  outcome: LoadOutcome,
): Promise<void> {
  const client = await PeerClient.connect({ host, port });
  try {
    const from = Address.of(account.address);
    const keyPair = keyPairOf(account);
    let sequence = Number(await client.query(readForm("*sequence*"), from));
    let isBroken = false;
    const lane = async () => {
      while (performance.now() < until && !isBroken) {
        const transfer = Transfer.of(from, ++sequence, Address.of(13), 1);
        try {
          const result = await client.submit(SignedData.sign(keyPair, transfer), RESULT_MS);
          if (result.isError) throw new Error(print(result.error) ?? "unknown");
          outcome.ok++;
        } catch (error) {
          isBroken = true;
          count(outcome, error);
        }
      }
    };
    await Promise.all(Array.from({ length: window }, lane));
    if (isBroken) await Bun.sleep(PAUSE_MS);
  } finally {
    client.close();
  }
}

function count(outcome: LoadOutcome, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const code = /:([A-Z]+)/.exec(text)?.[1] ?? text.slice(0, 60);
  outcome.failed[code] = (outcome.failed[code] ?? 0) + 1;
}

/** Makes accounts with coins, paid by the genesis user #11 (whose key is the first peer's). */
export async function makeAccounts(
  address: { readonly host: string; readonly port: number },
  payer: LoadAccount,
  count: number,
): Promise<LoadAccount[]> {
  const client = await PeerClient.connect(address);
  try {
    const accounts: LoadAccount[] = [];
    const from = Address.of(payer.address);
    let sequence = Number(await client.query(readForm("*sequence*"), from));
    for (let i = 0; i < count; i++) {
      const seed = Buffer.alloc(32, 100 + i).toString("hex");
      const key = Buffer.from(keyPairOf({ address: 0, seed }).publicKey).toString("hex");
      const source = `(let [a (create-account 0x${key})] (transfer a 1000000000000) a)`;
      const invoke = Invoke.of(from, ++sequence, readForm(source));
      const signed = SignedData.sign(keyPairOf(payer), invoke);
      const { result: made, error } = await client.submit(signed, RESULT_MS);
      if (!(made instanceof Address)) {
        throw new Error(`no account was made: ${print(error)} ${print(made)}`);
      }
      accounts.push({ address: Number(made.value), seed });
    }
    return accounts;
  } finally {
    client.close();
  }
}
