// A key file that others can read is said to be so, wherever a command says how it is kept.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardText } from "../../src/cli/keys/key-file-guard.ts";
import { KeyStore, type StoredKey } from "../../src/keys/key-store.ts";
import { command } from "./in-process.ts";

const USAGE = 64;
const folder = mkdtempSync(join(tmpdir(), "convex-key-open-"));
const data = join(folder, "data");
const words = join(folder, "words");
let key: StoredKey;

beforeAll(async () => {
  const made = ["--mnemonic-out", words, "--data-dir", data];
  await command("key", "new", ...made);
  const [only] = new KeyStore(join(data, "keys")).inventory().keys;
  key = only as StoredKey;
});
afterAll(() => rmSync(folder, { recursive: true }));

test("that others can read it, and that its owner alone can", async () => {
  const recover = ["key", "recover", "--mnemonic-file", words, "--data-dir", data];
  const list = ["key", "list", "--data-dir", data];
  expect(guardText(key)).toBe("NOT encrypted, readable by its owner only");
  expect(guardText({ ...key, encrypted: true })).toBe("encrypted");
  expect((await command(...recover)).stderr).toContain("(it is readable by you alone)");
  expect((await command(...list)).stdout).toBe(`${key.publicKey}  not encrypted\n`);
  chmodSync(key.path, 0o644);
  expect(guardText(key)).toBe("NOT encrypted, OTHERS CAN READ IT: `chmod 600` it");
  expect(guardText({ ...key, encrypted: true })).toStartWith("encrypted, OTHERS CAN READ IT");
  expect((await command(...recover)).stderr).toContain(`(OTHERS CAN: \`chmod 600 ${key.path}\`)`);
  expect((await command(...list)).stdout).toContain("not encrypted, OTHERS CAN READ IT\n");
});

test("start warns of it, also where its banner is not read", async () => {
  chmodSync(key.path, 0o644);
  // Nothing is begun here.
  mkdirSync(join(data, "store.db"));
  const { stderr } = await command("start", "--data-dir", data, "--json");
  const [line = ""] = stderr.split("\n");
  expect(JSON.parse(line)).toMatchObject({
    level: "warn",
    message: `others can read ${key.path}: \`chmod 600\` it.`,
  });
  rmSync(join(data, "store.db"), { recursive: true });
});

test("who wants a paper of a key without words is told of its seed", async () => {
  const bare = join(folder, "bare");
  await command("key", "new", "--no-mnemonic", "--data-dir", bare);
  const paper = join(folder, "paper");
  const { exitCode, stderr } = await command("key", "paper", "--out", paper, "--data-dir", bare);
  expect([exitCode, stderr]).toEqual([
    USAGE,
    "convex-peer: The words are needed: give --mnemonic-file FILE; --seed is for a key without words\n",
  ]);
});
