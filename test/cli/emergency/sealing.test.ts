// A peer's key is put away though the disk is full; a mark that was cut short seals all the same.

import { afterAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireUnsealed, sealOf, sealPeer } from "../../../src/cli/emergency/sealing.ts";
import { placesOf } from "../../../src/cli/files/data-folder.ts";
import { KeyStore } from "../../../src/keys/key-store.ts";
import { OperatorSocket } from "../../../src/peer/operator/operator-socket.ts";
import { notRun } from "../../not-run.ts";
import { leastOf } from "../../work-time.ts";
import { command } from "../in-process.ts";
import { publicKey, seed } from "../network-scene.ts";
import { program } from "../terminal-session.ts";

const PEER = publicKey(0);
const NOW = new Date(0);
const SEALED = `${PEER}.json.sealed`;
const folder = mkdtempSync(join(tmpdir(), "convex-sealing-"));
const disk = mkdtempSync(join(tmpdir(), "convex-sealing-disk-"));
const mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "convex-peer", disk];
const isMounted = Bun.spawnSync(mount).exitCode === 0;
afterAll(() => {
  if (isMounted) Bun.spawnSync(["umount", disk]);
  for (const path of [folder, disk]) rmSync(path, { recursive: true });
});

async function dataDir(parent: string): Promise<string> {
  const root = mkdtempSync(join(parent, "data-"));
  await new KeyStore(join(root, "keys")).add(seed(0), null);
  return root;
}

test("a mark that was cut short seals, is said to be no fault of the program, and is mended", async () => {
  const root = await dataDir(folder);
  const mark = join(root, "sealed.json");
  for (const text of ["", '{"peer":', "null", "7"]) {
    writeFileSync(mark, text);
    expect(sealOf(root)).toEqual({ peer: null, at: null });
    expect(() => requireUnsealed(root)).toThrow(/^This peer was sealed in an emergency: take/);
  }
  const started = await command("start", "--data-dir", root, "--port", "0", "--api-port", "0");
  expect([started.exitCode, started.stderr]).toEqual([78, expect.stringContaining("sealed in an")]);
  rmSync(mark);
  mkdirSync(mark);
  expect(sealOf(root)).toEqual({ peer: null, at: null });
  rmdirSync(mark);
  writeFileSync(mark, "");
  // Whose it is comes from the key then, as where there is no mark.
  const way = ["--data-dir", root, "--via", "127.0.0.1:1", "--dry-run"];
  expect((await command("emergency", ...way)).exitCode).toBe(69);
  sealPeer(placesOf(root), PEER, NOW);
  expect(sealOf(root)).toEqual({ peer: PEER, at: NOW.toISOString() });
  expect(readdirSync(join(root, "keys"))).toEqual([SEALED]);
});

test("on a full disk the key is put away, and what is missing is said", async () => {
  if (!isMounted) return notRun("a disk can't be mounted without root; a full one was not tried");
  const root = await dataDir(disk);
  const filler = join(disk, "filler");
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  const mark = join(root, "sealed.json");
  expect(() => sealPeer(placesOf(root), PEER, NOW)).toThrow(
    `Cannot seal ${mark}: the disk is full: free some space, and run emergency again. The key file ` +
      `is put away: ${join(root, "keys", SEALED)}`,
  );
  expect([readdirSync(join(root, "keys")), existsSync(mark)]).toEqual([[SEALED], false]);
  rmSync(filler);
  expect(sealPeer(placesOf(root), PEER, NOW)).toMatchObject({ mark: "made" });
  expect(JSON.parse(readFileSync(mark, "utf8"))).toEqual({ peer: PEER, at: NOW.toISOString() });
});

test("run again where the mark is missing, it knows the peer by the key that it put away", async () => {
  const root = await dataDir(folder);
  sealPeer(placesOf(root), PEER, NOW);
  rmSync(join(root, "sealed.json"));
  const way = ["--data-dir", root, "--via", "127.0.0.1:1", "--stop-first", "--yes", "--json"];
  const again = await command("emergency", ...way);
  const { peer, steps } = JSON.parse(again.stdout) as { peer: string; steps: object[] };
  expect([peer, steps[1]]).toEqual([PEER, expect.objectContaining({ state: "done" })]);
  expect(sealOf(root)?.peer).toBe(PEER);
  // Another key beside it must not be taken for the peer's.
  rmSync(join(root, "sealed.json"));
  await new KeyStore(join(root, "keys")).add(seed(1), null);
  const unclear = await command("emergency", ...way);
  expect([unclear.exitCode, unclear.stderr]).toEqual([78, expect.stringContaining("--peer HEX")]);
});

test("it ends when it has said its last word", async () => {
  const root = await dataDir(folder);
  const way = ["emergency", "--data-dir", root, "--via", "127.0.0.1:1", "--dry-run"];
  // The look at the other peer, which was over long before, may take 3 s: it kept each process.
  const boundMs = 1_500;
  const leastMs = await leastOf(boundMs, async () => {
    const child = Bun.spawn([...program(), ...way], { stdout: "pipe", stderr: "ignore" });
    const { value } = await child.stdout.getReader().read();
    const saidMs = performance.now();
    expect(new TextDecoder().decode(value)).toContain("withdraw: would FAIL");
    expect(await child.exited).toBe(69);
    return performance.now() - saidMs;
  });
  expect(leastMs).toBeLessThan(boundMs);
});

test("the directory is closed to start before the peer is told to stop", async () => {
  const root = await dataDir(folder);
  const asked: [string, boolean][] = [];
  const mark = join(root, "sealed.json");
  const socket = new OperatorSocket(join(root, "operator.sock"), {
    handle: (request) => {
      const { command: name } = request as { command: string };
      asked.push([name, existsSync(mark)]);
      if (name === "stop") setTimeout(() => socket.close(), 0);
      return { ok: true, result: { peer: PEER, votingShare: 0.1, reachableShare: 1 } };
    },
  });
  const way = ["--data-dir", root, "--via", "127.0.0.1:1", "--yes", "--json"];
  const { stdout } = await command("emergency", ...way);
  const { steps } = JSON.parse(stdout) as { steps: { step: string; state: string }[] };
  expect(steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
    "stop done",
    "seal done",
    "withdraw failed",
  ]);
  expect(asked.filter(([name]) => name === "stop")).toEqual([["stop", true]]);
  expect(asked[0]).toEqual(["status", false]);
});
