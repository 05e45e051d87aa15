// What commands say and leave on a disk that is full, read-only, or a file where a folder should
// be.

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNewFile } from "../../../src/cli/files/new-file.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { notRun } from "../../not-run.ts";
import { command, json } from "../in-process.ts";
import { publicKey } from "../network-scene.ts";

const [USAGE, CANTCREAT, IOERR] = [64, 73, 74];
const MOUNTING = "a disk can't be mounted without root";
const folder = mkdtempSync(join(tmpdir(), "convex-full-"));
const disk = join(folder, "disk");
mkdirSync(disk);
const mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "convex-peer", disk];
const isMounted = Bun.spawnSync(mount).exitCode === 0;
const file = join(folder, "file");
const data = join(folder, "data");

beforeAll(async () => {
  writeFileSync(file, "");
  mkdirSync(data, { mode: 0o700 });
  sqliteStore(data, CVM_TABLE).close();
});
afterAll(() => {
  if (isMounted) Bun.spawnSync(["umount", disk]);
  rmSync(folder, { recursive: true });
});

/** Has the disk full while `work` goes on. */
async function whileFull(work: () => Promise<void>): Promise<void> {
  const filler = join(disk, "filler");
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  await work();
  rmSync(filler);
}

/** A finding of doctor's in this data directory. */
async function finding(root: string, id: string): Promise<string> {
  const { stdout } = await command("doctor", "--json", "--data-dir", root);
  const { checks } = JSON.parse(stdout) as { checks: Record<"id" | "detail" | "fix", string>[] };
  const found = checks.find((each) => each.id === id);
  return `${found?.detail} → ${found?.fix}`;
}

test("a network is not begun where its store could not be written to", async () => {
  if (!isMounted) return notRun(MOUNTING);
  const begun = await command(
    ...["start", "--data-dir", join(disk, "begun"), "--port", "0", "--api-port", "0"],
  );
  expect(begun.stderr).toMatch(
    /^convex-peer: Only 0 MB are free in .*begun: a new store is begun where there are 64\. Free/,
  );
  expect(begun.exitCode).toBe(IOERR);
});

test("a copy that has no room leaves nothing behind", async () => {
  if (!isMounted) return notRun(MOUNTING);
  const backup = join(disk, "backup");
  const made = await command("store", "backup", backup, "--data-dir", data);
  expect([made.exitCode, made.stderr]).toEqual([IOERR, expect.stringContaining("MB are free in")]);
  expect(existsSync(backup)).toBe(false);
  await whileFull(async () => {
    const [bundle, genesis] = [join(disk, "bundle"), join(disk, "genesis")];
    const doctor = await command("doctor", "--bundle", bundle, "--data-dir", data);
    expect([doctor.exitCode, doctor.stderr]).toEqual([
      CANTCREAT,
      `convex-peer: Cannot write ${bundle}: the disk is full\n`,
    ]);
    const written = await command("genesis", "--out", genesis, "--keys", publicKey(0));
    expect(written.exitCode).toBe(CANTCREAT);
    expect(() => writeNewFile(join(disk, "new"), "x")).toThrow("the disk is full");
    expect(readdirSync(disk).filter((name) => name !== "begun")).toEqual(["filler"]);
    const speed = await finding(disk, "disk-sync");
    expect(speed).toStartWith(`could not be checked: Cannot use ${disk}/doctor-`);
    expect(speed).toContain(".tmp: the disk is full; free some space");
  });
});

test("a file system that is read-only is said to be so", async () => {
  if (!isMounted) return notRun(MOUNTING);
  const root = join(disk, "data");
  await json("key", "new", "--no-mnemonic", "--data-dir", root);
  Bun.spawnSync(["mount", "-o", "remount,ro", disk]);
  try {
    expect(await finding(root, "data-dir")).toStartWith(
      `${root} is on a read-only file system → mount it for writing`,
    );
    const way = ["--data-dir", root, "--via", "127.0.0.1:1", "--stop-first", "--dry-run", "--json"];
    const { steps } = JSON.parse((await command("emergency", ...way)).stdout) as {
      steps: Record<"step" | "state" | "detail", string>[];
    };
    expect(steps.find(({ step }) => step === "seal")).toMatchObject({
      state: "failed",
      detail: expect.stringContaining("the file system is read-only: make it writable"),
    });
  } finally {
    Bun.spawnSync(["mount", "-o", "remount,rw", disk]);
  }
});

test("a file where a folder should be, or the other way round, is said to be so", async () => {
  expect(await finding(file, "data-dir")).toBe(
    `${file} is a file, not a folder → name another with --data-dir`,
  );
  const below = await command("store", "backup", join(file, "backup"), "--data-dir", data);
  expect([below.exitCode, below.stderr]).toEqual([
    CANTCREAT,
    expect.stringContaining("a part of the path is a file, not a folder"),
  ]);
  for (const words of [
    ["backup", folder, "--data-dir", data],
    ["restore", folder, "--data-dir", join(folder, "other")],
  ]) {
    const { exitCode, stderr } = await command("store", ...words);
    expect(stderr).toContain(`${folder} is a folder; a backup is a file: name one, as ${folder}/`);
    expect(exitCode).toBe(USAGE);
  }
  expect(existsSync(join(folder, "other"))).toBe(false);
});
