// Where passphrases come from without a terminal, and what is said of them.

import { afterAll, afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import { chmodSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  foreignPassphrase,
  givenPassphrase,
  newPassphrase,
  openingPassphrase,
  parseDescriptor,
  requiredNewPassphrase,
} from "../../../src/cli/keys/passphrase.ts";
import type { StoredKey } from "../../../src/keys/key-store.ts";

const LONG = "twelve chars";
const folder = mkdtempSync(join(tmpdir(), "convex-passphrase-"));
let count = 0;
function fileWith(text: string, mode = 0o600): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

let said: string[] = [];
let stderr: { mockRestore(): void };
const wasTerminal = process.stdin.isTTY;
beforeEach(() => {
  said = [];
  process.stdin.isTTY = false;
  stderr = spyOn(process.stderr, "write").mockImplementation(((text: string) => {
    said.push(text);
    return true;
  }) as typeof process.stderr.write);
});
afterEach(() => {
  stderr.mockRestore();
  process.stdin.isTTY = wasTerminal;
});
afterAll(() => rmSync(folder, { recursive: true }));

const stored = (encrypted: boolean): StoredKey => ({
  publicKey: "ab".repeat(32),
  path: join(folder, "key.json"),
  encrypted,
});

test("of a file, a descriptor and a credential one is read, and two are a contradiction", () => {
  const passphraseFile = fileWith(`${LONG}\nsecond line`);
  expect(givenPassphrase({ passphraseFile })).toBe(LONG);
  const passphraseFd = openSync(passphraseFile, "r");
  expect(givenPassphrase({ passphraseFd })).toBe(LONG);
  process.env.CREDENTIALS_DIRECTORY = folder;
  expect(givenPassphrase({ passphraseCredential: basename(passphraseFile) })).toBe(LONG);
  delete process.env.CREDENTIALS_DIRECTORY;
  expect(givenPassphrase({})).toBeNull();
  const both = { passphraseFile, passphraseFd: 0, flagPrefix: "controller-" };
  expect(() => givenPassphrase(both)).toThrow(
    "Give one of --controller-passphrase-file, --controller-passphrase-fd, " +
      "--controller-passphrase-credential, not 2",
  );
  expect(said).toEqual([]);
});

test("a file that others can read is warned of, also where another tool's passphrase is in it", async () => {
  const open = fileWith(LONG, 0o644);
  for (const read of [
    () => givenPassphrase({ passphraseFile: open }),
    () => foreignPassphrase(open, "a file", "--flag"),
    () => requiredNewPassphrase(open, "a key", "--flag"),
  ]) {
    said = [];
    expect(await read()).toBe(LONG);
    expect(said).toEqual([expect.stringContaining(`others can read ${open}: \`chmod 600\``)]);
  }
});

test("a new passphrase of fewer than twelve characters is warned of", async () => {
  expect(await newPassphrase({ passphraseFile: fileWith(LONG) })).toBe(LONG);
  expect(said).toEqual([]);
  expect(await newPassphrase({ passphraseFile: fileWith(LONG.slice(1)) })).toBe(LONG.slice(1));
  expect(said).toEqual([expect.stringContaining("this passphrase is short; 12 characters")]);
  said = [];
  expect(await requiredNewPassphrase(fileWith("short"), "a key", "--flag")).toBe("short");
  expect(said).toEqual([expect.stringContaining("is short")]);
});

test("nobody is asked without a terminal", async () => {
  expect(await newPassphrase({})).toBeNull();
  expect(await openingPassphrase({}, stored(true))).toBeNull();
  await expect(foreignPassphrase(undefined, "a file", "--flag")).rejects.toThrow(
    "The passphrase of a file is needed: give --flag FILE",
  );
  await expect(requiredNewPassphrase(undefined, "a key", "--flag")).rejects.toThrow(
    "A passphrase for a key is needed: give --flag FILE",
  );
});

test("a passphrase for a key in clear is told to have no effect", async () => {
  const passphraseFile = fileWith(LONG);
  expect(await openingPassphrase({ passphraseFile }, stored(true))).toBe(LONG);
  expect(said).toEqual([]);
  expect(await openingPassphrase({ passphraseFile }, stored(false))).toBe(LONG);
  expect(said).toEqual([expect.stringContaining("is NOT encrypted")]);
});

test("an empty file is the empty passphrase of another tool, and none of ours", async () => {
  const empty = fileWith("");
  expect(await foreignPassphrase(empty, "a file", "--flag")).toBe("");
  expect(() => givenPassphrase({ passphraseFile: empty })).toThrow("is empty");
});

test("a descriptor is a number of one to four digits", () => {
  expect([parseDescriptor("0"), parseDescriptor("9999")]).toEqual([0, 9_999]);
  for (const text of ["", "12345", "-1", "3x", "3.0"]) {
    expect(() => parseDescriptor(text)).toThrow("number of an open file descriptor");
  }
});
