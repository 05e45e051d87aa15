// `key list` beside files that are no keys: one bad file hides nothing.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyStore, type StoredKey } from "../../src/keys/key-store.ts";
import { command } from "./in-process.ts";

const DATAERR = 65;

const data = mkdtempSync(join(tmpdir(), "convex-key-list-"));
const keys: StoredKey[] = [];
beforeAll(async () => {
  const store = new KeyStore(join(data, "keys"));
  for (const fill of [1, 2]) {
    keys.push((await store.add(new Uint8Array(32).fill(fill), null)) as StoredKey);
  }
  keys.sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1));
});
afterAll(() => rmSync(data, { recursive: true }));

const list = (...more: string[]) => command("key", "list", "--data-dir", data, ...more);

test("keys that can be read are listed, and each file that can't be is told of", async () => {
  const lines = keys.map(({ publicKey }) => `${publicKey}  not encrypted\n`).join("");
  expect(await list()).toEqual({ exitCode: 0, stdout: lines, stderr: "" });
  writeFileSync(join(data, "keys", "0-damaged.json"), "{", { mode: 0o600 });
  mkdirSync(join(data, "keys", "1-folder.json"));
  const { exitCode, stdout, stderr } = await list();
  expect([exitCode, stdout]).toEqual([DATAERR, lines]);
  const told = stderr.trimEnd().split("\n");
  expect(told.map((line) => line.startsWith("convex-peer: "))).toEqual([true, true]);
  expect(told[0]).toContain("0-damaged.json");
  expect(told[1]).toContain("1-folder.json: it is a folder");
  const json = await list("--json");
  expect([json.exitCode, json.stderr]).toEqual([DATAERR, stderr]);
  const listed = JSON.parse(json.stdout) as { publicKey: string }[];
  expect(listed.map(({ publicKey }) => publicKey)).toEqual(keys.map(({ publicKey }) => publicKey));
});

test("who has no key is told how to make one, but not in a sealed data directory", async () => {
  const empty = join(data, "empty");
  mkdirSync(empty);
  const none = await command("key", "list", "--data-dir", empty);
  expect([none.exitCode, none.stderr]).toEqual([0, expect.stringContaining("key new")]);
  writeFileSync(join(empty, "sealed.json"), "{}");
  const sealed = await command("key", "list", "--data-dir", empty);
  expect([sealed.exitCode, sealed.stderr]).toEqual([
    0,
    expect.stringContaining("was sealed in an"),
  ]);
  expect(sealed.stderr).not.toContain("key new");
});
