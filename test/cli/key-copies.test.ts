// The key folder with files that are not one a key: copies of a key, damaged ones, and pipes.

import { afterAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealPeer } from "../../src/cli/emergency/sealing.ts";
import { placesOf } from "../../src/cli/files/data-folder.ts";
import { changePassphrase } from "../../src/keys/change-passphrase.ts";
import { sealKey } from "../../src/keys/key-file.ts";
import { KeyStore, keyOfFile, openStored, type StoredKey } from "../../src/keys/key-store.ts";
import { SecretFileError } from "../../src/keys/secret-file.ts";
import { PATIENCE_MS, TEST_MS } from "../patience.ts";
import { command } from "./in-process.ts";
import { program } from "./terminal-session.ts";

setDefaultTimeout(TEST_MS);

const DATAERR = 65;
const LOST = "ab".repeat(32);
const made: string[] = [];
let data: string;
let key: StoredKey;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "convex-copies-"));
  made.push(data);
  key = (await new KeyStore(join(data, "keys")).add(new Uint8Array(32).fill(1), null)) as StoredKey;
});
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

const inKeys = (name: string) => join(data, "keys", name);
const keyCommand = (...args: string[]) => command("key", ...args, "--data-dir", data);

test("two files of one key are one key, and are both named", async () => {
  copyFileSync(key.path, inKeys("0-copy.json"));
  const store = new KeyStore(join(data, "keys"));
  expect(store.find(key.publicKey.slice(0, 4))).toEqual(key);
  expect(store.only()).toEqual({ key, count: 1, badCount: 0 });
  const shown = await keyCommand("show", "--key", key.publicKey.slice(0, 4));
  expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining(key.path)]);
  const name = `${key.publicKey}.json`;
  expect(await keyCommand("list")).toEqual({
    exitCode: 0,
    stdout: `${key.publicKey}  not encrypted  in 2 files: ${name}, 0-copy.json\n`,
    stderr: "",
  });
  const listed = JSON.parse((await keyCommand("list", "--json")).stdout);
  expect(listed.map(({ file }: { file: string }) => file)).toEqual([
    key.path,
    inKeys("0-copy.json"),
  ]);
});

function passphraseFile(text: string): string {
  const file = join(data, `passphrase-${text.length}`);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
}

const OLD = "the old passphrase";
const NEW = "the new passphrase, longer";
const change = (from: string, ...to: string[]) =>
  keyCommand("passphrase", "--passphrase-file", passphraseFile(from), ...to);

async function opens(path: string, passphrase: string | null): Promise<boolean> {
  return openStored(keyOfFile(path), passphrase).then(
    () => true,
    () => false,
  );
}

test("a passphrase is changed in all files of the key, and a change that was cut short goes on", async () => {
  const copy = inKeys("0-copy.json");
  const store = new KeyStore(join(data, "keys"));
  await changePassphrase(store, key, null, OLD);
  copyFileSync(key.path, copy);
  const before = readFileSync(copy);
  const to = ["--new-passphrase-file", passphraseFile(NEW)];
  const changed = await change(OLD, ...to);
  expect([changed.exitCode, changed.stdout]).toEqual([0, `${key.publicKey}\n`]);
  expect(changed.stderr).toContain(`So are the other files of this key: ${copy}.`);
  for (const path of [key.path, copy]) {
    expect([await opens(path, NEW), await opens(path, OLD)]).toEqual([true, false]);
  }
  // As where it was killed between the two.
  writeFileSync(copy, before);
  const again = await change(OLD, ...to, "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ file: key.path, copies: [copy] });
  for (const path of [key.path, copy]) expect(await opens(path, NEW)).toBe(true);
  const wrong = await change("a wrong one", ...to);
  expect([wrong.exitCode, wrong.stderr]).toEqual([77, expect.stringContaining("Wrong passphrase")]);
  expect((await change(NEW, "--remove")).exitCode).toBe(0);
  expect([await opens(key.path, null), await opens(copy, null)]).toEqual([true, true]);
});

test("where one of two files does not open, both are named and none is changed", async () => {
  const copy = inKeys("0-copy.json");
  const store = new KeyStore(join(data, "keys"));
  await changePassphrase(store, key, null, "another one");
  copyFileSync(key.path, copy);
  writeFileSync(key.path, await sealKey(new Uint8Array(32).fill(1), OLD));
  const files = [readFileSync(key.path), readFileSync(copy)];
  const refused = await change(OLD, "--new-passphrase-file", passphraseFile(NEW));
  expect([refused.exitCode, refused.stderr]).toEqual([
    77,
    expect.stringContaining(`opens ${key.path}, but not ${copy}, which has the same key: move`),
  ]);
  expect([readFileSync(key.path), readFileSync(copy)]).toEqual(files);
});

test("a passphrase for a file that is not encrypted is told to have no effect", async () => {
  const signing = ["sign", "--hex", "00", "--passphrase-file", passphraseFile(OLD)];
  const inClear = await keyCommand(...signing);
  expect([inClear.exitCode, inClear.stderr]).toEqual([
    0,
    `Warning: ${key.path} is NOT encrypted, so that the passphrase has no effect: \`convex-peer key passphrase\` seals it.\n`,
  ]);
  await changePassphrase(new KeyStore(join(data, "keys")), key, null, OLD);
  expect(await keyCommand(...signing)).toMatchObject({ exitCode: 0, stderr: "" });
});

test("of two changes at once one is told that the passphrase is another one by now", async () => {
  await changePassphrase(new KeyStore(join(data, "keys")), key, null, OLD);
  const words = ["key", "passphrase", "--data-dir", data, "--passphrase-file", passphraseFile(OLD)];
  const news = ["first, a longer one", "second, one longer than that"];
  const children = news.map((text) => {
    const typed = [...program(), ...words, "--new-passphrase-file", passphraseFile(text)];
    return Bun.spawn(typed, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  });
  const codes = await Promise.all(children.map((child) => child.exited));
  expect(codes.toSorted()).toEqual([0, 77]);
  for (const [i, text] of news.entries()) expect(await opens(key.path, text)).toBe(codes[i] === 0);
});

test("a sealed peer's key is put away in every file that has it", () => {
  copyFileSync(key.path, inKeys("0-copy.json"));
  writeFileSync(key.path, "{");
  const { keyFile } = sealPeer(placesOf(data), key.publicKey, new Date(0));
  expect(keyFile).toBe(`${key.path}.sealed`);
  expect(readFileSync(`${key.path}.sealed`, "utf8")).toBe("{");
  expect(readdirSync(join(data, "keys"))).toEqual([
    "0-copy.json.sealed",
    `${key.publicKey}.json.sealed`,
  ]);
});

test("a bad file is not called a key when a new one is made beside it", async () => {
  rmSync(key.path);
  writeFileSync(inKeys(`${LOST}.json`), "{");
  const { exitCode, stderr } = await keyCommand("new", "--no-mnemonic");
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringContaining("now holds 1 key and a bad file of another. "),
  ]);
  const another = await keyCommand("new", "--no-mnemonic");
  expect(another.stderr).toContain("now holds 2 keys and a bad file of another. ");
});

test("a file whose seed is another key's is named, with what to do", async () => {
  const fields = JSON.parse(readFileSync(key.path, "utf8"));
  writeFileSync(key.path, JSON.stringify({ ...fields, seed: "02".repeat(32) }));
  const told = `${key.path}: Damaged key file: its seed does not give its public key; move the file`;
  const ways = [
    ["key", "sign", "--hex", "00", "--data-dir", data],
    ["key", "export", "--type", "seed", "--out", join(data, "seed"), "--data-dir", data],
    ["start", "--port", "0", "--api-port", "0", "--data-dir", data],
  ];
  for (const way of ways) {
    const { exitCode, stderr } = await command(...way);
    expect([way[1], exitCode, stderr]).toEqual([way[1], DATAERR, expect.stringContaining(told)]);
    expect(stderr).toContain("a backup of it");
    expect(stderr).toContain("`convex-peer key recover`");
  }
});

test("a pipe among the key files is a bad file, and nobody waits for it", async () => {
  const pipe = inKeys("pipe.json");
  expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
  const told = `Cannot read the key from ${pipe}: it is a pipe, a socket or a device, not a file`;
  // In processes of their own, which can be ended when they wait.
  for (const [exit, ...words] of [
    [66, "key", "list"],
    [0, "key", "new", "--no-mnemonic"],
    [null, "doctor"],
  ] as const) {
    const child = Bun.spawnSync([...program(), ...words, "--data-dir", data], {
      timeout: PATIENCE_MS,
      stdin: "ignore",
      stderr: "pipe",
    });
    expect([words, child.exitedDueToTimeout ?? false]).toEqual([words, false]);
    expect(`${child.stdout}${child.stderr}`.replace(/\s+/g, " ")).toContain(told);
    if (exit !== null) expect(child.exitCode).toBe(exit);
  }
  expect(() => new KeyStore(join(data, "keys")).list()).toThrow(SecretFileError);
});

test("of a key file that is a link, the file itself gets the passphrase", async () => {
  const file = join(data, "elsewhere.json");
  renameSync(key.path, file);
  symlinkSync(file, key.path);
  await changePassphrase(new KeyStore(join(data, "keys")), key, null, NEW);
  expect([await opens(file, null), await opens(file, NEW)]).toEqual([false, true]);
  expect(lstatSync(key.path).isSymbolicLink()).toBe(true);
});
