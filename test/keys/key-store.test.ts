// The folder of key files: permissions, prefixes, changing a passphrase, and what happens to
// damaged files.

import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { changePassphrase } from "../../src/keys/change-passphrase.ts";
import { KeyFileError } from "../../src/keys/key-file.ts";
import { KeyNotFoundError, KeyStore, type StoredKey } from "../../src/keys/key-store.ts";
import { SecretFileError } from "../../src/keys/secret-file.ts";

const SEED_HEX = "401fc829f23f2ed4e37ec18c90df9ed6a8a7de99072460762b0387d12bb7dfd2";
const PUBLIC_KEY = "036598af84b625f6f36753eda9de6730f7d828cf14994dc55e87ecf3c22674e9";
const seed = () => fromHex(SEED_HEX) as Uint8Array;

const folders: string[] = [];
function newStore(): KeyStore {
  const folder = mkdtempSync(join(tmpdir(), "convex-keys-"));
  folders.push(folder);
  return new KeyStore(join(folder, "keys"));
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function added(store: KeyStore, passphrase: string | null): Promise<StoredKey> {
  const key = await store.add(seed(), passphrase);
  if (key === null) throw new Error("the key was there");
  return key;
}

test("files and folder are for their owner alone, and hold no seed under a passphrase", async () => {
  const store = newStore();
  const key = await added(store, "sesame");
  expect(key.publicKey).toBe(PUBLIC_KEY);
  expect(statSync(store.folder).mode & 0o777).toBe(0o700);
  expect(statSync(key.path).mode & 0o777).toBe(0o600);
  expect(readFileSync(key.path, "utf8")).not.toContain(SEED_HEX);
  expect(readdirSync(store.folder)).toEqual([`${PUBLIC_KEY}.json`]);
});

test("a key that is there stays as it is", async () => {
  const store = newStore();
  const key = await added(store, "sesame");
  const before = readFileSync(key.path, "utf8");
  expect(await store.add(seed(), null)).toBeNull();
  expect(readFileSync(key.path, "utf8")).toBe(before);
});

test("keys are found by a prefix of their hex", async () => {
  const store = newStore();
  await added(store, null);
  await store.add(new Uint8Array(32).fill(1), null);
  expect(store.find("0x0365").publicKey).toBe(PUBLIC_KEY);
  expect(store.find(PUBLIC_KEY.toUpperCase()).publicKey).toBe(PUBLIC_KEY);
  expect(() => store.find("ff")).toThrow(KeyNotFoundError);
  expect(() => store.find("")).toThrow("2 keys");
});

test("from one passphrase to another, to none, and back", async () => {
  const store = newStore();
  const key = await added(store, "one");
  const failed = changePassphrase(store, key, "wrong", "two");
  await expect(failed).rejects.toThrow("Wrong passphrase");
  const steps: readonly (readonly [string | null, string | null])[] = [
    ["one", "pä€s"],
    ["pä€s", null],
    [null, "three"],
  ];
  for (const [from, to] of steps) {
    const [changed = key] = await changePassphrase(store, key, from, to);
    expect(changed.encrypted).toBe(to !== null);
    expect(toHex(await store.openSeed(changed, to))).toBe(SEED_HEX);
  }
  await expect(store.openSeed(store.find("0365"), "one")).rejects.toThrow(KeyFileError);
  expect(statSync(key.path).mode & 0o777).toBe(0o600);
  expect(readdirSync(store.folder)).toEqual([`${PUBLIC_KEY}.json`]);
});

test("the same passphrase in another Unicode form opens the key", async () => {
  const store = newStore();
  const key = await added(store, "Å".normalize("NFC"));
  expect(toHex(await store.openSeed(key, "Å".normalize("NFD")))).toBe(SEED_HEX);
});

test("every changed byte of an encrypted key file is found", async () => {
  const store = newStore();
  const key = await added(store, "sesame");
  const text = readFileSync(key.path, "utf8");
  const fields = JSON.parse(text) as Record<string, string>;
  const flip = (hex: string) => (hex.startsWith("0") ? "1" : "0") + hex.slice(1);
  for (const name of ["publicKey", "nonce", "sealed"]) {
    const damaged = { ...fields, [name]: flip(fields[name] ?? "") };
    writeFileSync(key.path, JSON.stringify(damaged));
    await expect(store.openSeed(key, "sesame")).rejects.toThrow(KeyFileError);
  }
});

test("costs that scrypt does not know are damage of the file", async () => {
  const store = newStore();
  const key = await added(store, "sesame");
  const fields = JSON.parse(readFileSync(key.path, "utf8"));
  for (const n of [1, 3, 131_071, 131_073, 2 ** 21, 1.5, "131072"]) {
    writeFileSync(key.path, JSON.stringify({ ...fields, kdf: { ...fields.kdf, n } }));
    await expect(store.openSeed(key, "sesame")).rejects.toThrow("asks for costs out of bounds");
  }
  // 4 GB; minutes; more bits than r has.
  for (const [exponent, r, p] of [
    [20, 32, 1],
    [17, 8, 33],
    [16, 1, 1],
  ] as const) {
    const kdf = { ...fields.kdf, n: 2 ** exponent, r, p };
    writeFileSync(key.path, JSON.stringify({ ...fields, kdf }));
    await expect(store.openSeed(key, "sesame")).rejects.toThrow("asks for costs out of bounds");
  }
});

test("a file too large for a key is not read", async () => {
  const store = newStore();
  const path = `${store.folder}-large`;
  writeFileSync(path, new Uint8Array((1 << 20) + 1));
  const key = { publicKey: PUBLIC_KEY, encrypted: false, path };
  await expect(store.openSeed(key, null)).rejects.toThrow(SecretFileError);
});

test("bad files are errors, or passed over for who is told of them", async () => {
  const strict = newStore();
  const key = await added(strict, null);
  const [junk, lost] = ["junk.json", `${"ab".repeat(32)}.json`].map((name) => {
    const path = join(strict.folder, name);
    writeFileSync(path, "{");
    return path;
  }) as [string, string];
  const told: string[] = [];
  const lenient = new KeyStore(strict.folder, ({ path }) => told.push(path));
  expect(() => strict.list()).toThrow(`${lost}: This is not a key file`);
  expect(lenient.list()).toEqual([key]);
  expect(told).toEqual([lost, junk]);
  expect(await lenient.add(seed(), null)).toBeNull();
  expect(lenient.find("03")).toEqual(key);
  // The key that is in a bad file as far as its name tells, and the choice when none is named.
  expect(() => lenient.find("abab")).toThrow("bring a key that was in it back");
  expect(lenient.only()).toEqual({ key, count: 2, badCount: 1 });
  rmSync(lost);
  expect(lenient.only()).toEqual({ key, count: 1, badCount: 0 });
  rmSync(key.path);
  expect(() => lenient.only()).toThrow(KeyFileError);
  expect(() => lenient.find("03")).toThrow(KeyNotFoundError);
});

test("a beginning that a bad file's name has too is not enough", async () => {
  const { folder } = newStore();
  const lenient = new KeyStore(folder, () => {});
  const key = await added(lenient, null);
  writeFileSync(join(folder, `0365${"0".repeat(60)}.json`), "{");
  expect(() => lenient.find("0365")).toThrow("2 keys");
  expect(lenient.find("03659")).toEqual(key);
  const copy = join(folder, "copy.json");
  writeFileSync(copy, readFileSync(key.path));
  writeFileSync(key.path, "{");
  expect(lenient.find(PUBLIC_KEY).path).toBe(copy);
});
