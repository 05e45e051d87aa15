// A peer has stopped when it answers no more and its store is nobody's: until then it could sign.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmergencyScene, stopStep } from "../../../src/cli/emergency/emergency-steps.ts";
import { sealOf } from "../../../src/cli/emergency/sealing.ts";
import { ownView } from "../../../src/cli/emergency/step-order.ts";
import { placesOf } from "../../../src/cli/files/data-folder.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { OperatorSocket } from "../../../src/peer/operator/operator-socket.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";

const PEER = "ab".repeat(32);
/** How long the store stays open after the last answer. */
const CLOSING_MS = 400;

let root: string;
let scene: EmergencyScene;
let asked: string[];
let end = () => {};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "convex-stop-"));
  scene = { folder: placesOf(root), dataDir: root, peer: PEER, isDryRun: false };
  asked = [];
});
afterEach(() => {
  end();
  rmSync(root, { recursive: true });
});

/** A peer of the data directory, which stops when it is told to. */
function runs(peer: string): { isClosed: boolean } {
  mkdirSync(join(root, "keys"));
  const store = sqliteStore(root, CVM_TABLE);
  const about = { isClosed: false };
  const socket = new OperatorSocket(join(root, "operator.sock"), {
    handle: (request) => {
      const { command } = request as { readonly command: string };
      asked.push(command);
      if (command !== "stop") return { ok: true, result: { peer, process: {} } };
      setTimeout(() => socket.close(), 1);
      setTimeout(() => {
        about.isClosed = true;
        store.close();
      }, CLOSING_MS);
      return { ok: true, result: null };
    },
  });
  end = () => {
    socket.close();
    if (!about.isClosed) store.close();
    end = () => {};
  };
  return about;
}

test("a peer that answers no more is waited for until its store is closed", async () => {
  const about = runs(PEER);
  expect(await stopStep(scene, new Date())).toMatchObject({ step: "stop", state: "done" });
  expect([about.isClosed, asked.includes("stop")]).toEqual([true, true]);
  expect(sealOf(root)?.peer).toBe(PEER);
});

test("one that is stopping already is waited for, and so is one that starts, which is stopped then", async () => {
  const stopping = sqliteStore(root, CVM_TABLE);
  setTimeout(() => stopping.close(), CLOSING_MS);
  expect(await stopStep(scene, new Date())).toMatchObject({ step: "stop", state: "already" });
  expect(sealOf(root)).toBe(null);
  const starting = sqliteStore(root, CVM_TABLE);
  let about = { isClosed: false };
  setTimeout(() => {
    starting.close();
    about = runs(PEER);
  }, CLOSING_MS);
  expect(await stopStep(scene, new Date())).toMatchObject({ step: "stop", state: "done" });
  expect([about.isClosed, asked.includes("stop"), sealOf(root)?.peer]).toEqual([true, true, PEER]);
});

test("another peer of the data directory goes on, and by --dry-run every one", async () => {
  const about = runs("cd".repeat(32));
  expect(await stopStep(scene, new Date())).toMatchObject({
    state: "already",
    detail: "another peer runs in this data directory, cdcdcdcd: it goes on",
  });
  end();
  rmSync(join(root, "keys"), { recursive: true });
  const own = runs(PEER);
  const planned = await stopStep({ ...scene, isDryRun: true }, new Date());
  expect([planned.state, asked.includes("stop"), sealOf(root)]).toEqual(["planned", false, null]);
  expect([about.isClosed, own.isClosed]).toEqual([false, false]);
});

test("where no peer runs there is nothing to stop, and none that hangs", async () => {
  expect(await stopStep(scene, new Date())).toMatchObject({ state: "already" });
  expect(await ownView(scene)).toEqual({ status: null, hang: null });
});
