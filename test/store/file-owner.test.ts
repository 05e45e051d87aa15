// Root works in the data directory of another user, and the peer of that user goes on with it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealOf, sealPeer } from "../../src/cli/emergency/sealing.ts";
import { placesOf } from "../../src/cli/files/data-folder.ts";
import { peerKey } from "../../src/cli/keys/peer-key.ts";
import { KeyStore } from "../../src/keys/key-store.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import { giveToFolderOwner, makeForFolderOwner } from "../../src/store/file-owner.ts";
import { StoreLock } from "../../src/store/store-lock.ts";
import { command } from "../cli/in-process.ts";
import { notRun } from "../not-run.ts";
import { DiskPeer } from "../peer/store-scene.ts";

const NOBODY = 65_534;
const why = process.geteuid?.() === 0 ? null : "files of another user can't be made without root";
const folder = mkdtempSync(join(tmpdir(), "convex-owner-"));
const data = join(folder, "data");
const backup = join(folder, "backup");

/** Owners of all below a folder, itself included. */
function owners(path: string): number[] {
  const names = ["", ...(readdirSync(path, { recursive: true }) as string[])];
  return [...new Set(names.map((name) => statSync(join(path, name)).uid))];
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  const peer = new DiskPeer(data);
  await peer.work(1);
  await peer.close();
  if (why !== null) return;
  for (const name of ["", ...readdirSync(data)]) chownSync(join(data, name), NOBODY, NOBODY);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("what root collects stays the peer's", async () => {
  if (why !== null) return notRun(why);
  expect((await command("store", "gc", "--data-dir", data)).exitCode).toBe(0);
  expect(owners(data)).toEqual([NOBODY]);
  expect((await command("store", "compact", "--data-dir", data)).exitCode).toBe(0);
  expect((await command("key", "new", "--no-mnemonic", "--data-dir", data)).exitCode).toBe(0);
  expect(owners(data)).toEqual([NOBODY]);
  expect((await command("store", "backup", backup, "--data-dir", data)).exitCode).toBe(0);
});

test("what root restores stays the peer's", async () => {
  if (why !== null) return notRun(why);
  const other = join(folder, "other");
  mkdirSync(other);
  chownSync(other, NOBODY, NOBODY);
  expect((await command("store", "restore", backup, "--data-dir", other)).exitCode).toBe(0);
  expect(owners(other)).toEqual([NOBODY]);
});

test("nothing elsewhere is given away, whatever links lie in the folder", () => {
  if (why !== null) return notRun(why);
  const [place, elsewhere] = [mkdtempSync(join(folder, "place-")), join(folder, "elsewhere")];
  chownSync(place, NOBODY, NOBODY);
  const at = (name: string) => join(place, name);
  symlinkSync(elsewhere, at("nowhere"));
  expect(() => makeForFolderOwner(at("nowhere"))).toThrow("EEXIST");
  expect(existsSync(elsewhere)).toBe(false);
  writeFileSync(elsewhere, "");
  expect(() => giveToFolderOwner(at("nowhere"))).toThrow("ELOOP");
  linkSync(elsewhere, at("other-name"));
  giveToFolderOwner(at("other-name"));
  expect(statSync(elsewhere).uid).toBe(0);
  makeForFolderOwner(at("new"));
  expect(statSync(at("new")).uid).toBe(NOBODY);
});

test("nothing elsewhere is written or changed, whatever links lie in the folder", async () => {
  if (why !== null) return notRun(why);
  const [place, elsewhere] = [mkdtempSync(join(folder, "place-")), mkdtempSync(join(folder, "e-"))];
  const file = join(elsewhere, "file");
  writeFileSync(file, "precious");
  for (const path of [elsewhere, file]) chmodSync(path, 0o755);
  const modes = () => [elsewhere, file].map((path) => statSync(path).mode & 0o777);
  for (const name of ["store.pid", "collection.pid", "sealed.json.new"]) {
    symlinkSync(file, join(place, name));
  }
  StoreLock.acquire(place).release();
  StoreLock.acquireCollection(place).release();
  expect(readFileSync(file, "utf8")).toBe("precious");
  // A pipe that nobody reads is not waited for.
  rmSync(join(place, "store.pid"));
  Bun.spawnSync(["mkfifo", join(place, "store.pid")]);
  StoreLock.acquire(place).release();
  symlinkSync(elsewhere, join(place, "keys"));
  const seed = new Uint8Array(32).fill(7);
  const key = await new KeyStore(join(place, "keys")).add(seed, null);
  expect(modes()).toEqual([0o755, 0o755]);
  rmSync(join(place, "keys"));
  mkdirSync(join(place, "keys"));
  const publicKey = key?.publicKey as string;
  symlinkSync(file, join(place, "keys", `${publicKey}.json`));
  sealPeer(placesOf(place), publicKey, new Date());
  expect(sealOf(place)?.peer).toBe(publicKey);
  expect(readFileSync(file, "utf8")).toBe("precious");
  expect(modes()).toEqual([0o755, 0o755]);
});

test("a store that may only be read is not begun to work with", async () => {
  if (why !== null) return notRun(why);
  const store = join(data, "store.db");
  chmodSync(store, 0o444);
  const sources = join(import.meta.dir, "../../src");
  const script =
    `const { sqliteStore } = await import("${sources}/store/sqlite-store.ts");` +
    `const { CVM_TABLE } = await import("${sources}/cvm/cvm-table.ts");` +
    `process.setgid(${NOBODY}); process.setuid(${NOBODY});` +
    `try { sqliteStore("${data}", CVM_TABLE); } catch (error) { console.log(error.message); }`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  expect(await new Response(child.stdout).text()).toBe(
    `The store ${store} can't be used: permission denied; use the user it belongs to.\n`,
  );
});

test("what a peer that root starts makes in a service's data directory is the service's", async () => {
  if (why !== null) return notRun(why);
  const fresh = join(folder, "fresh");
  mkdirSync(fresh);
  chownSync(fresh, NOBODY, NOBODY);
  await peerKey(placesOf(fresh), {});
  const precious = join(folder, "listed");
  writeFileSync(precious, "precious");
  symlinkSync(precious, join(fresh, "bans.json.new"));
  new Bans(join(fresh, "bans.json")).add("192.0.2.7");
  expect(owners(fresh)).toEqual([NOBODY]);
  expect(readFileSync(precious, "utf8")).toBe("precious");
  expect(new Bans(join(fresh, "bans.json")).entries).toEqual(["192.0.2.7"]);
});
