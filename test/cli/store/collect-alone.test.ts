// One collection of a store at a time: two would build their copies in one file.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreLock } from "../../../src/store/store-lock.ts";
import { DiskPeer } from "../../peer/store-scene.ts";
import { command } from "../in-process.ts";

const TEMPFAIL = 75;
const data = mkdtempSync(join(tmpdir(), "convex-alone-"));

beforeAll(async () => {
  const peer = new DiskPeer(data);
  await peer.work(1);
  await peer.close();
});
afterAll(() => rmSync(data, { recursive: true }));

test("a second one is refused by name of the first, and touches nothing of it", async () => {
  const lock = StoreLock.acquireCollection(data);
  for (const name of ["gc", "compact"]) {
    const { exitCode, stderr } = await command("store", name, "--data-dir", data);
    expect(stderr).toStartWith(
      `convex-peer: The store in ${data} is being collected by process ${process.pid}: when it has`,
    );
    expect(exitCode).toBe(TEMPFAIL);
  }
  expect(existsSync(join(data, "store.new.db"))).toBe(false);
  lock.release();
  for (const name of ["gc", "compact"])
    expect((await command("store", name, "--data-dir", data)).exitCode).toBe(0);
});
