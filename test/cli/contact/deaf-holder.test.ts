// A process has the store open and listens on no operator's socket: a peer that still starts, one
// whose socket somebody has removed, another command. Who asks is not told to start one.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { storeHolder } from "../../../src/store/store-lock.ts";
import { notRun, unlessLinux } from "../../not-run.ts";
import { command } from "../in-process.ts";

const UNAVAILABLE = 69;
const lack = unlessLinux("who holds a lock");

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-deaf-"));
  mkdirSync(join(folder, "keys"));
  store = sqliteStore(folder, CVM_TABLE);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

test("the process that has a store open is known while it has", () => {
  if (lack !== null) return notRun(lack);
  expect(storeHolder(folder)).toBe(process.pid);
  store.close();
  expect(storeHolder(folder)).toBe(null);
  expect(storeHolder(join(folder, "keys"))).toBe(null);
});

test.each(["health", "status", "peers list"])("%s names it", async (words) => {
  if (lack !== null) return notRun(lack);
  const { exitCode, stderr } = await command(...words.split(" "), "--data-dir", folder);
  expect([exitCode, stderr]).toEqual([
    UNAVAILABLE,
    `convex-peer: No peer answers: process ${process.pid} has the store in ${folder} open, and ` +
      "listens on no operator.sock: a peer that starts or stops, or another command; else see its log, and restart it\n",
  ]);
  store.close();
  const after = await command(...words.split(" "), "--data-dir", folder);
  expect([after.exitCode, after.stderr]).toEqual([
    UNAVAILABLE,
    expect.stringContaining("No peer runs with the socket"),
  ]);
});

test("doctor, too", async () => {
  if (lack !== null) return notRun(lack);
  const { stdout } = await command("doctor", "--json", "--data-dir", folder);
  const { checks } = JSON.parse(stdout) as { checks: { id: string; detail: string }[] };
  const { detail } = checks.find(({ detail }) => detail.startsWith("process ")) ?? {};
  expect(detail).toBe(
    `process ${process.pid} has the store in ${folder} open, and listens on no operator.sock`,
  );
});
