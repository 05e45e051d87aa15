// Key stores and PEM texts that the reference and OpenSSL wrote are read (sheet 05 §4.5, §4.6),
// ours read back, and damaged ones refused with a reason. That the reference reads ours is checked
// outside this folder.

import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { bmp, context, octets, oid, sequence, set, toDer } from "../../src/keys/der.ts";
import { KeyFileError, readKeyHeader } from "../../src/keys/key-file.ts";
import { isPemEncrypted, openPem, sealPem } from "../../src/keys/pem.ts";
import {
  openEntry,
  type Pkcs12Entry,
  readPkcs12,
  sealEntry,
  writePkcs12,
} from "../../src/keys/pkcs12-store.ts";
import { TEST_MS } from "../patience.ts";

setDefaultTimeout(TEST_MS);

interface ContainerRow {
  readonly madeBy: string;
  readonly kind: "keystore" | "pem";
  readonly storePassphrase?: string | null;
  readonly passphrase: string | null;
  readonly seeds: readonly string[];
  readonly hex?: string;
  readonly text?: string;
}

const ROWS: readonly ContainerRow[] = readFileSync(
  join(import.meta.dir, "..", "fixtures", "key-containers.jsonl"),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as ContainerRow);
const KEY_STORES = ROWS.filter(({ kind }) => kind === "keystore");
const PEMS = ROWS.filter(({ kind }) => kind === "pem");

const SEED = fromHex(
  "401fc829f23f2ed4e37ec18c90df9ed6a8a7de99072460762b0387d12bb7dfd2",
) as Uint8Array;
const SEED_2 = new Uint8Array(32).fill(7);
const NOW = 1_795_387_314_000;

function hexOf(row: ContainerRow): Uint8Array {
  return fromHex(row.hex ?? "") as Uint8Array;
}

async function failure(work: Promise<unknown> | (() => unknown)): Promise<KeyFileError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    expect(error).toBeInstanceOf(KeyFileError);
    return error as KeyFileError;
  }
  throw new Error("it was accepted");
}

test.each(KEY_STORES)("key store by $madeBy under '$passphrase'", async (row) => {
  const store = readPkcs12(hexOf(row));
  const passphrase = row.passphrase ?? "";
  expect(store.isChecked).toBe(row.storePassphrase !== null);
  expect(store.hasOthers).toBe(false);
  expect(store.verify(row.storePassphrase ?? "")).toBe(true);
  if (store.isChecked) expect(store.verify(`${row.storePassphrase}!`)).toBe(false);
  const seeds: string[] = [];
  for (const entry of store.entries) {
    expect((await failure(openEntry(entry, `${passphrase}!`))).code).toBe("PASSPHRASE");
    const seed = await openEntry(entry, passphrase);
    expect(entry.alias).toBe(toHex(KeyPair.fromSeed(seed).publicKey));
    seeds.push(toHex(seed));
  }
  expect(seeds.sort()).toEqual([...row.seeds].sort());
});

test.each(PEMS)("PEM by $madeBy", async (row) => {
  const text = row.text ?? "";
  expect(isPemEncrypted(text)).toBe(row.passphrase !== null);
  expect(toHex(await openPem(text, row.passphrase))).toBe(row.seeds[0] ?? "");
  if (row.passphrase === null) return;
  expect((await failure(openPem(text, `${row.passphrase}!`))).code).toBe("PASSPHRASE");
  expect((await failure(openPem(text, null))).code).toBe("PASSPHRASE");
});

test.each([
  [null, "k"],
  ["", ""],
  ["störe", "pä€s"],
] as const)("our key store under '%s', '%s'", async (storePassphrase, passphrase) => {
  const made = [await sealEntry(SEED, passphrase, NOW), await sealEntry(SEED_2, passphrase, NOW)];
  const store = readPkcs12(writePkcs12(made, storePassphrase));
  expect(store.isChecked).toBe(storePassphrase !== null);
  expect(store.verify(storePassphrase ?? "")).toBe(true);
  const seeds = await Promise.all(store.entries.map((entry) => openEntry(entry, passphrase)));
  expect(seeds.map(toHex)).toEqual([SEED, SEED_2].map(toHex));
});

test("a key is added to the reference's key store without opening those in it", async () => {
  const [row] = KEY_STORES;
  const before = readPkcs12(hexOf(row as ContainerRow));
  const added = await sealEntry(SEED_2, "another", NOW);
  const after = readPkcs12(writePkcs12([...before.entries, added], null));
  expect(after.entries.map(({ bag }) => toHex(bag))).toEqual(
    [...before.entries, added].map(({ bag }) => toHex(bag)),
  );
});

test.each(["rc2", "pbes2"] as const)("our PEM, %s", async (container) => {
  const text = await sealPem(SEED, "pä€s", container);
  expect(text.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")).toBe(true);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(64);
  expect(toHex(await openPem(text, "pä€s"))).toBe(toHex(SEED));
});

test("nothing that a file says of itself is a terminal's command", async () => {
  const entry = await sealEntry(SEED, "p", NOW);
  const shown = "\u001b[2J\u202egood";
  const attributes = set(sequence(oid("1.2.840.113549.1.9.20"), set(bmp(shown))));
  const secret = sequence(oid("1.2.840.113549.1.12.10.1.2"), context(0, octets(entry.encrypted)));
  const bag = toDer(sequence(oid("1.2.840.113549.1.12.10.1.5"), context(0, secret), attributes));
  const [read] = readPkcs12(writePkcs12([{ ...entry, bag }], null)).entries;
  expect(read?.alias).toBe("?[2J?good");
  expect(toHex(await openEntry(read as Pkcs12Entry, "p"))).toBe(toHex(SEED));
  const header = (version: unknown) => failure(() => readKeyHeader(JSON.stringify({ version })));
  expect((await header("\u009b2J".repeat(1_000))).message).toContain('found version "?2J?2J?2J');
  expect((await header("v".repeat(1_000))).message.length).toBeLessThan(150);
});

test("a key store whose alias names another key is refused", async () => {
  const entry = await sealEntry(SEED, "p", NOW);
  const wrong = { ...entry, alias: "0".repeat(64) };
  expect((await failure(openEntry(wrong, "p"))).message).toContain("its seed gives another key");
});

test.each([
  ["no PEM at all", "hello", "found none"],
  ["nothing in it", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "Damaged PEM key"],
  ["not ASN.1", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "Damaged PEM key"],
  [
    "two keys",
    "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n".repeat(2),
    "found 2",
  ],
  [
    "another kind of file",
    "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----",
    "openssl pkcs8 -topk8",
  ],
  [
    "an X25519 key",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAfyCnyPy7U437BjJDfntaop96ZByRgdisDh9Ert9/SA\n-----END PRIVATE KEY-----",
    "Expected an Ed25519 key",
  ],
])("refused: %s", async (_name, text, reason) => {
  expect((await failure(openPem(text, "p"))).message).toContain(reason);
});

test("a flipped bit of a checked key store is found, or changes no key", () => {
  const row = KEY_STORES.find(({ storePassphrase }) => storePassphrase === "store pass");
  const bytes = hexOf(row as ContainerRow);
  const bagsOf = (file: Uint8Array) => readPkcs12(file).entries.map(({ bag }) => toHex(bag));
  const whole = bagsOf(bytes);
  for (let i = 0; i < bytes.length; i++) {
    const damaged = bytes.slice();
    damaged[i] = (damaged[i] as number) ^ (1 << (i % 8));
    try {
      const store = readPkcs12(damaged);
      if (store.isChecked && store.verify("store pass")) expect(bagsOf(damaged)).toEqual(whole);
    } catch (error) {
      expect(error).toBeInstanceOf(KeyFileError);
    }
  }
});

test("a key store cut short is refused, never a crash", () => {
  const bytes = hexOf(KEY_STORES[0] as ContainerRow);
  for (let length = 0; length < bytes.length; length += 7) {
    expect(() => readPkcs12(bytes.subarray(0, length))).toThrow(KeyFileError);
  }
});
