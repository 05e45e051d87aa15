// Random words against a derivation written here with createHmac alone: BIP39's PBKDF2 and
// SLIP-0010.

import { createHash, createHmac } from "node:crypto";
import { readCommandLine, wholeNumber } from "../../release/tool.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { toHex } from "../../src/crypto/hex.ts";
import { parsePath } from "../../src/keys/derivation-path.ts";
import { newMnemonic, seedOfMnemonic, WORD_COUNTS } from "../../src/keys/mnemonic.ts";

const PASSPHRASES = ["", "TREZOR", "pass phrase é", "pä€s", "Å ﬁ", " "];

function hmac(key: Uint8Array | string, data: Uint8Array): Buffer {
  return createHmac("sha512", key).update(data).digest();
}

/** PBKDF2-HMAC-SHA512 with 2,048 rounds; one block of it is the whole 64-byte seed. */
function bip39Seed(mnemonic: string, passphrase: string): Buffer {
  const key = Buffer.from(mnemonic.normalize("NFKD"));
  const salt = Buffer.from(`mnemonic${passphrase}`.normalize("NFKD"));
  let u = hmac(key, Buffer.concat([salt, Buffer.from([0, 0, 0, 1])]));
  const sum = Buffer.from(u);
  for (let round = 1; round < 2048; round++) {
    u = hmac(key, u);
    for (let i = 0; i < 64; i++) sum[i] = (sum[i] as number) ^ (u[i] as number);
  }
  return sum;
}

/** Always hardened. */
function slip10(seed: Buffer, indices: readonly number[]): Buffer {
  let node = hmac("ed25519 seed", seed);
  for (const index of indices) {
    const data = Buffer.concat([Buffer.alloc(1), node.subarray(0, 32), Buffer.alloc(4)]);
    data.writeUInt32BE(2 ** 31 + index, 33);
    node = hmac(node.subarray(32), data);
  }
  return node.subarray(0, 32);
}

/** Numbers that depend on the seed alone. */
function* numbers(seed: number): Generator<number> {
  for (let i = 0; ; i++) {
    yield createHash("sha256").update(`${seed} ${i}`).digest().readUInt32BE(0);
  }
}

function randomPath(next: () => number): string {
  const kind = next() % 4;
  if (kind === 0) return "m/44/864/0/0/0";
  if (kind === 1) return `m/44/864/${next() % 100_000}/0/${next() % 10}`;
  const levels = Array.from({ length: next() % 4 }, () => String(next() % 2 ** 31));
  return ["m", ...levels].join("/");
}

export interface Difference {
  readonly words: number;
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * The cases in which the two derivations differ. The words themselves come from the system's
 * generator.
 */
export function compareRandomMnemonics(count: number, seed: number): Difference[] {
  const source = numbers(seed);
  const next = () => source.next().value as number;
  const differences: Difference[] = [];
  for (let i = 0; i < count; i++) {
    const words = WORD_COUNTS[next() % WORD_COUNTS.length] as number;
    const mnemonic = newMnemonic(words);
    const passphrase = PASSPHRASES[next() % PASSPHRASES.length] as string;
    const path = randomPath(next);
    const indices = path.split("/").slice(1).map(Number);
    const expectedSeed = slip10(bip39Seed(mnemonic, passphrase), indices);
    const actualSeed = seedOfMnemonic(mnemonic, passphrase, parsePath(path));
    const expected = toHex(KeyPair.fromSeed(expectedSeed).publicKey);
    const actual = toHex(KeyPair.fromSeed(actualSeed).publicKey);
    if (toHex(expectedSeed) !== toHex(actualSeed) || expected !== actual) {
      differences.push({ words, path, expected, actual });
    }
  }
  return differences;
}

if (import.meta.main) {
  const tool = {
    command: "bun run test/keys/random-mnemonics.ts",
    usage: "[COUNT] [SEED]\n\n  COUNT  how many (10000)\n  SEED   what they come from (1)",
    flags: {},
    places: ["COUNT", "SEED"],
  } as const;
  const { count, seed } = readCommandLine(tool, ({ positionals }) => ({
    count: wholeNumber(positionals[0] ?? "10000", "COUNT", 1),
    seed: wholeNumber(positionals[1] ?? "1", "SEED", 0),
  }));
  const differences = compareRandomMnemonics(count, seed);
  for (const difference of differences.slice(0, 5)) console.log(JSON.stringify(difference));
  console.log(`random-mnemonics ${count - differences.length}/${count} (seed ${seed})`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}
