// Flags that say two things, or not enough: refused in a sentence, before a key is opened, a file
// is made or anybody is asked.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTransactionFile } from "../../src/cli/transactions/transaction-file.ts";
import { toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { KeyStore } from "../../src/keys/key-store.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { command, json } from "./in-process.ts";
import { publicKey, seed } from "./network-scene.ts";

const [USAGE, DATAERR, NOPERM, CONFIG] = [64, 65, 77, 78];

let folder: string;
let one: string;
let several: string;
let transaction: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "convex-contradictions-"));
  one = join(folder, "one");
  several = join(folder, "several");
  await new KeyStore(join(one, "keys")).add(seed(0), null);
  for (const i of [0, 1]) await new KeyStore(join(several, "keys")).add(seed(i), null);
  writeFileSync(join(folder, "pass"), "a passphrase of a test", { mode: 0o600 });
  writeFileSync(join(folder, "seed"), toHex(seed(1)), { mode: 0o600 });
  transaction = join(folder, "transaction");
  writeTransactionFile(transaction, {
    transaction: Invoke.of(Address.of(12), 1, 1),
    summary: "",
    network: "",
    publicKey: null,
    signature: null,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A word that is a file of the test's folder, or the key file of the first key. */
function word(text: string): string {
  if (text === "KEYFILE") return join(one, "keys", `${publicKey(0)}.json`);
  return ["pass", "seed", "out", "transaction"].includes(text) ? join(folder, text) : text;
}

const REFUSED: readonly (readonly [words: string, exitCode: number, told: string])[] = [
  ["account create --api http://127.0.0.1:1 --from #12", USAGE, "--api, or --from, not both"],
  ["account fund #12 --api http://127.0.0.1:1 --from #12", USAGE, "--api, or --from, not both"],
  ["account fund #12 --api http://127.0.0.1:1 --offline out", USAGE, "a faucet signs its own"],
  ["transact --sign transaction", USAGE, "Where to? Give --out FILE"],
  ["transact --sign transaction --out out --key 0365 --key-file KEYFILE", USAGE, "not by both"],
  ["transact --sign transaction --out out", USAGE, "Which key signs for account #12?"],
  ["transact --signed transaction --sign transaction", USAGE, "one of them"],
  ["transact 1 --address #12 --out out", USAGE, "goes with --sign FILE"],
  ["key sign --hex 00 --passphrase-file pass --passphrase-fd 3", USAGE, "Give one of --passphrase"],
  ["key sign --hex 0", DATAERR, "Expected the message as pairs of hex digits"],
  ["key sign --file - --passphrase-fd 0", USAGE, "both read standard input: open another"],
  ["transact --address #12 --file - --passphrase-fd 0", USAGE, "both read standard input"],
  ["key sign", USAGE, "by --hex HEX or --file FILE, one of them"],
  ["key passphrase --new-passphrase-file pass --remove", USAGE, "Give one of --new-passphrase"],
  ["key check --public-key 00 --api http://127.0.0.1:1", USAGE, "--public-key or --api, not both"],
  ["key check --seed-file seed --mnemonic-file seed", USAGE, "or --seed-file, not both"],
  ["key check --seed-file seed", DATAERR, "does NOT bring back the key in"],
  ["key export --type keystore --out -", USAGE, "goes to a file: give --out FILE"],
  ["key export --type pem --out out", USAGE, "A passphrase for the exported key is needed"],
  ["key import --seed-file seed --pem-file seed", USAGE, "Give one of --seed-file, --pem-file"],
  ["key import", USAGE, "Give one of --seed-file, --pem-file"],
  ["start --key 0365 --key-file KEYFILE", USAGE, "Give --key or --key-file, not both"],
  ["query 1 --via 127.0.0.1:1 --port 1", USAGE, "Give --via, or --host and --port, not both"],
  ["query 1 --via 127.0.0.1:1 --host ::1", USAGE, "Give --via, or --host and --port, not both"],
  ["query 1 --via 127.0.0.1:99999", USAGE, "--via takes HOST:PORT, found '127.0.0.1:99999'"],
  ["local --peers 0", USAGE, "expected a number of peers from 1 to 50, found '0'"],
  ["local --peers 51", USAGE, "expected a number of peers from 1 to 50, found '51'"],
  ["local --peers 1e1", USAGE, "expected a number of peers from 1 to 50, found '1e1'"],
  ["stake withdraw 1 --all", USAGE, "How much? Give an amount, or --all"],
];

test.each(REFUSED)("%s", async (words, exitCode, told) => {
  const line = words.split(" ").map(word);
  const takesFolder =
    !/--sign|^stake|--api|^transact|^query|^local/.test(words) || words.startsWith("key");
  const place = takesFolder ? ["--data-dir", one] : [];
  const done = await command(...line, ...place);
  expect([done.exitCode, done.stdout, done.stderr]).toEqual([
    exitCode,
    "",
    expect.stringContaining(told),
  ]);
  expect(existsSync(join(folder, "out"))).toBe(false);
  expect(readdirSync(join(one, "keys"))).toEqual([`${publicKey(0)}.json`]);
});

test("a sealed key signs nothing where nobody gives its passphrase", async () => {
  const sealed = join(folder, "sealed");
  await new KeyStore(join(sealed, "keys")).add(seed(2), "a passphrase of a test");
  const out = join(folder, "unsigned");
  const sign = ["transact", "--sign", transaction, "--out", out, "--yes", "--data-dir", sealed];
  const { exitCode, stderr } = await command(...sign, "--key", publicKey(2));
  expect([exitCode, stderr]).toEqual([
    NOPERM,
    expect.stringContaining("is encrypted: give --passphrase-file FILE"),
  ]);
  expect(existsSync(out)).toBe(false);
});

test("a genesis State without --keys is of the only key, and of no other", async () => {
  const made = (data: string) =>
    command("genesis", "--out", join(folder, "genesis"), "--data-dir", data);
  for (const [data, found] of [
    [several, "several keys"],
    [join(folder, "nothing"), "no key"],
  ] as const) {
    const { exitCode, stderr } = await made(data);
    expect([exitCode, stderr]).toEqual([CONFIG, expect.stringContaining(`holds ${found}: say`)]);
    expect(existsSync(join(folder, "genesis"))).toBe(false);
  }
  expect((await made(one)).exitCode).toBe(0);
});

test("a transaction is signed by the key that it names alone, and by --dry-run not at all", async () => {
  const file = join(folder, "named");
  const unsigned = { transaction: Invoke.of(Address.of(12), 1, 1), summary: "", network: "" };
  writeTransactionFile(file, { ...unsigned, publicKey: publicKey(1), signature: null });
  const out = join(folder, "signed");
  const sign = ["transact", "--sign", file, "--out", out, "--yes"];
  const wrong = await command(...sign, "--key-file", word("KEYFILE"));
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    NOPERM,
    expect.stringContaining(`does not sign for account #12: its key is ${publicKey(1)}`),
  ]);
  const right = ["--key", publicKey(1), "--data-dir", several];
  expect(await json(...sign, ...right, "--dry-run")).toEqual({
    dryRun: true,
    publicKey: publicKey(1),
  });
  expect(existsSync(out)).toBe(false);
  expect(await json(...sign, ...right)).toEqual({ file: out, publicKey: publicKey(1) });
  expect(existsSync(out)).toBe(true);
});
