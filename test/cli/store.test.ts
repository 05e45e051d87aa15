// `store …` on a running and on a stopped peer: collection, backup to a file and to a bucket,
// restore.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { OperatorSocket } from "../../src/peer/operator/operator-socket.ts";
import { StoreCommands } from "../../src/peer/operator/store-commands.ts";
import { Peer } from "../../src/peer/peer.ts";
import { backupToFile } from "../../src/store/file-backup.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";
import { StoreLock } from "../../src/store/store-lock.ts";
import { keyPair, newState } from "../peer/scene.ts";
import { DiskPeer } from "../peer/store-scene.ts";
import { BucketServer } from "./bucket-server.ts";
import { command, json, prioritiesAsked } from "./in-process.ts";

const WINDOW_MS = 10_000;
/** Of the store's file; the first one says that it is a store. */
const PAGE_BYTES = 4_096;
const VARIABLES = { S3_ACCESS_KEY_ID: "tester", S3_SECRET_ACCESS_KEY: "a secret of the test" };

let folder: string;
let disk: DiskPeer;
let isOpen: boolean;
let socket: OperatorSocket;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "convex-store-"));
  Object.assign(process.env, VARIABLES);
  disk = new DiskPeer(join(folder, "peer"), WINDOW_MS);
  isOpen = true;
  const commands = new StoreCommands(disk.peer.upkeep);
  const other = { ok: false, error: "not of the store" } as const;
  socket = new OperatorSocket(join(folder, "peer", "operator.sock"), {
    handle: (request) => commands.handle(request) ?? other,
  });
  await disk.work(40);
});

afterEach(async () => {
  if (isOpen) await stop();
  for (const name of Object.keys(VARIABLES)) delete process.env[name];
  rmSync(folder, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  socket.close();
  await disk.close();
  isOpen = false;
}

function stateOf(peer: DiskPeer): string {
  return toHex(peer.peer.status().state);
}

const at = (name: string) => join(folder, name);
const ofPeer = (...args: string[]) => ["store", ...args, "--data-dir", at("peer")];

/** Has the peer work on while a command runs. */
async function underLoad<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  while (!isDone) await disk.work(1);
  return await done;
}

test("the running peer is collected and goes on", async () => {
  const priority = getPriority();
  prioritiesAsked.length = 0;
  const before = await json(...ofPeer("info"));
  expect(before).toMatchObject({ format: 3, blocks: 40, keptFrom: 0, transactions: 40 });
  const done = await underLoad(json(...ofPeer("gc")));
  expect(done).toMatchObject({ online: true });
  await disk.work(2);
  const after = await json(...ofPeer("info"));
  expect(after.cells).toBeLessThan(before.cells);
  expect(after.keptFrom).toBeGreaterThan(25);
  expect(after).toMatchObject({ state: stateOf(disk), blocks: disk.peer.position });
  expect((await json(...ofPeer("check"))).findings).toEqual([]);
  // Its own window counts; the command says so.
  const told = await underLoad(command(...ofPeer("gc", "--history", "1s")));
  expect(prioritiesAsked).toEqual(Array(2).fill(constants.priority.PRIORITY_LOW));
  expect(getPriority()).toBe(priority);
  expect(told.stdout).toMatch(/^history +as the running peer keeps it: `start --history`/m);
});

test("a stopped peer is collected, by the window that is asked for, and made compact", async () => {
  const state = stateOf(disk);
  await stop();
  const kept = await json(...ofPeer("gc", "--keep-history"));
  expect(kept).toMatchObject({ online: false });
  expect((await json(...ofPeer("info"))).keptFrom).toBe(0);
  const done = await json(...ofPeer("gc", "--history", "1s"));
  expect(done.bytesAfter).toBeLessThan(kept.bytesAfter);
  // What was collected takes no room any more.
  expect(existsSync(join(folder, "peer", "store.old.db"))).toBe(false);
  // A second back from the last block.
  expect(await json(...ofPeer("info"))).toMatchObject({ state, blocks: 40, keptFrom: 38 });
  expect((await json(...ofPeer("compact"))).bytesAfter).toBeLessThanOrEqual(done.bytesAfter);
  expect((await json(...ofPeer("check"))).findings).toEqual([]);
  expect(existsSync(join(folder, "peer", "store.old.db"))).toBe(false);
});

test("a backup taken under load, and added to, gives the State when it is restored", async () => {
  const first = await underLoad(json(...ofPeer("backup", at("one.cvxb"))));
  await disk.work(3);
  const second = await json(...ofPeer("backup", at("one.cvxb")));
  expect(second.cells).toBeLessThan(first.cells);
  expect(second.state).toBe(stateOf(disk));
  expect((await json("store", "check", "--backup", at("one.cvxb"))).findings).toEqual([]);
  const restored = await json(
    ...["store", "restore", at("one.cvxb"), "--verify", "--data-dir", at("other")],
  );
  expect(restored).toMatchObject({ state: stateOf(disk), blocks: disk.peer.position });
  const other = new DiskPeer(at("other"));
  expect(stateOf(other)).toBe(stateOf(disk));
  await other.work(1);
  await other.close();
  const again = await command("store", "restore", at("one.cvxb"), "--data-dir", at("other"));
  expect(again).toMatchObject({ exitCode: 73 });
  expect(again.stderr).toContain("move it away first");
});

test("nothing is restored where a process has the store, or is about to begin one", async () => {
  await json(...ofPeer("backup", at("one.cvxb")));
  mkdirSync(at("other"));
  const lock = StoreLock.acquire(at("other"));
  const restore = ["store", "restore", at("one.cvxb"), "--data-dir", at("other")];
  const refused = await command(...restore);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain(`is in use by process ${process.pid}. Stop that process first`);
  expect(existsSync(join(at("other"), "store.db"))).toBe(false);
  lock.release();
  await json(...restore);
});

test("a damaged backup makes no store", async () => {
  await json(...ofPeer("backup", at("one.cvxb")));
  const bytes = readFileSync(at("one.cvxb"));
  const page = 4096;
  for (let at = page * 8; at < bytes.length; at += page) bytes.fill(0x5a, at + 2000, at + 2040);
  writeFileSync(at("bad.cvxb"), bytes);
  const words = `The backup ${at("bad.cvxb")} is damaged`;
  const restore = ["restore", at("bad.cvxb"), "--data-dir", at("other")];
  for (const line of [["check", "--backup", at("bad.cvxb")], restore]) {
    const { exitCode, stderr } = await command("store", ...line);
    expect([exitCode, stderr]).toEqual([65, expect.stringContaining(words)]);
    // There is none but this one to restore, and no data directory to keep.
    expect(stderr).not.toContain("restore a backup");
    expect(stderr).toContain("take another backup");
  }
  const good = await command("store", "check", "--backup", at("one.cvxb"));
  expect(good.stdout).toStartWith(`The backup ${at("one.cvxb")} is sound: `);
  expect(existsSync(join(at("other"), "store.db"))).toBe(false);
});

test("a backup that was cut short before it was whole is told, and makes no store", async () => {
  await json(...ofPeer("backup", at("cut.cvxb")));
  // The roots come last.
  const file = new Database(at("cut.cvxb"));
  file.run("DELETE FROM roots");
  file.close();
  const cut = "was cut short before it was whole: nothing can be restored from it. Run the same";
  const found = await command("store", "check", "--backup", at("cut.cvxb"));
  expect([found.exitCode, found.stderr]).toEqual([65, expect.stringContaining(cut)]);
  const restored = await command("store", "restore", at("cut.cvxb"), "--data-dir", at("cut"));
  expect([restored.exitCode, restored.stderr]).toEqual([65, expect.stringContaining(cut)]);
  expect(existsSync(join(at("cut"), "store.db"))).toBe(false);
  await json(...ofPeer("backup", at("cut.cvxb")));
  expect((await command("store", "check", "--backup", at("cut.cvxb"))).exitCode).toBe(0);
});

test("a backup whose writer was killed in a commit is what it was before", async () => {
  const { state } = await json(...ofPeer("backup", at("one.cvxb")));
  // Pages on disk and their former content in the journal, as in a commit: the cache holds two.
  const write = `
    import { Database } from "bun:sqlite";
    const file = new Database(${JSON.stringify(at("one.cvxb"))});
    for (const sql of ["PRAGMA cache_size = 2", "BEGIN", "UPDATE cells SET encoding = zeroblob(99)"])
      file.run(sql);
    process.kill(process.pid, "SIGKILL");`;
  await Bun.spawn([process.execPath, "-e", write]).exited;
  expect(existsSync(at("one.cvxb-journal"))).toBe(true);
  expect(await json("store", "restore", at("one.cvxb"), "--data-dir", at("other"))).toMatchObject({
    state,
  });
  expect((await json("store", "check", "--data-dir", at("other"))).findings).toEqual([]);
});

test("a backup that was to be added to, and was cut short, has no positions of blocks to come", async () => {
  await json(...ofPeer("backup", at("one.cvxb")));
  await disk.work(5);
  const source = SqliteTables.toRead(at("peer/store.db"));
  const cut = async () => {
    throw new Error("cut short");
  };
  await expect(backupToFile(source, at("one.cvxb"), () => {}, cut)).rejects.toThrow("cut short");
  source.close();
  const blocks = async () => {
    const backup = SqliteTables.toRead(at("one.cvxb"));
    const later = backup.rows("SELECT count(*) FROM positions WHERE block >= 40")[0];
    const all = backup.rows("SELECT count(*) FROM positions")[0];
    backup.close();
    return [all, later];
  };
  // Of each block and of its one transaction.
  expect(await blocks()).toEqual([[80], [0]]);
  await json(...ofPeer("backup", at("one.cvxb")));
  expect(await blocks()).toEqual([[90], [10]]);
});

test("no backup goes into a data directory, or over one of another network", async () => {
  await json(...ofPeer("backup", at("one.cvxb")));
  const refusal = async (path: string) => {
    const before = readFileSync(path);
    const { exitCode, stderr } = await command(...ofPeer("backup", path));
    expect(readFileSync(path).equals(before)).toBe(true);
    return [exitCode, stderr];
  };
  const inside = [78, expect.stringContaining("a backup belongs outside of data directories")];
  // The store of a peer that has its key elsewhere, and of one whose keys are beside it.
  expect(await refusal(at("peer/store.db"))).toEqual(inside);
  symlinkSync(at("peer/store.db"), at("link.cvxb"));
  expect(await refusal(at("link.cvxb"))).toEqual(inside);
  mkdirSync(at("other/keys"), { recursive: true });
  copyFileSync(at("one.cvxb"), at("other/store.db"));
  expect(await refusal(at("other/store.db"))).toEqual(inside);
  const made = await command(...ofPeer("backup", at("other/new.cvxb")));
  expect([made.exitCode, made.stderr]).toEqual(inside);
  expect(readdirSync(at("other")).sort()).toEqual(["keys", "store.db"]);
  const store = sqliteStore(at("stranger"), CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState([1e14, 2e14]) }).close();
  store.close();
  await json("store", "backup", at("strange.cvxb"), "--data-dir", at("stranger"));
  expect(await refusal(at("strange.cvxb"))).toEqual([
    78,
    expect.stringContaining("is a backup of another network: give another file"),
  ]);
  // Of the same network, as every peer of it may have it on the same disk.
  const second = sqliteStore(at("second"), CVM_TABLE);
  await new Peer({ store: second, keyPair: keyPair(1), genesis: newState() }).close();
  second.close();
  await json("store", "backup", at("second.cvxb"), "--data-dir", at("second"));
  expect(await refusal(at("second.cvxb"))).toEqual([
    78,
    expect.stringContaining(`is a backup of peer ${toHex(keyPair(1).publicKey)}, and this store`),
  ]);
});

test("the log of a store that was moved away is not taken for the restored one's", async () => {
  await json(...ofPeer("backup", at("one.cvxb")));
  await disk.work(20);
  // As a kill leaves it, but for the file that the operator moves.
  mkdirSync(at("other"));
  const log = "store.db-wal";
  copyFileSync(join(at("peer"), log), join(at("other"), log));
  const restore = ["store", "restore", at("one.cvxb"), "--data-dir", at("other")];
  const refused = await command(...restore);
  expect([refused.exitCode, refused.stderr]).toEqual([73, expect.stringContaining(log)]);
  rmSync(join(at("other"), log));
  await json(...restore);
  expect((await json("store", "check", "--data-dir", at("other"))).findings).toEqual([]);
});

test("a store whose pages are damaged says so once", async () => {
  await stop();
  const file = at("peer/store.db");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 2 * PAGE_BYTES, 3 * PAGE_BYTES));
  const { exitCode, stdout, stderr } = await command(...ofPeer("check"));
  expect([exitCode, stderr]).toEqual([65, expect.stringContaining("is damaged")]);
  const findings = stdout.trim().split("\n");
  expect(findings).toEqual([...new Set(findings)]);
  expect(findings[0]).toContain("is damaged");
});

test("a bucket gets only what it lacks, and gives everything back", async () => {
  const server = new BucketServer();
  try {
    const bucket = ["s3://backups/peers/one", "--s3-endpoint", server.endpoint];
    const first = await underLoad(json(...ofPeer("backup", ...bucket)));
    // What was done meanwhile can be as much as before.
    const second = await json(...ofPeer("backup", ...bucket));
    await disk.work(3);
    const third = await json(...ofPeer("backup", ...bucket));
    // As a restore leaves them that is killed.
    const left = join(at("other"), "restoring.parts");
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, "part-1.db"), "cut short");
    expect(first).toMatchObject({ isWhole: true, parts: 1 });
    expect(second).toMatchObject({ isWhole: false, parts: 2 });
    expect(third).toMatchObject({ isWhole: false, parts: 3 });
    expect(third.cells).toBeLessThan(first.cells / 2);
    const restored = await json(
      "store",
      "restore",
      ...bucket,
      "--data-dir",
      at("other"),
      "--verify",
    );
    expect(restored).toMatchObject({ state: stateOf(disk), blocks: disk.peer.position });
    expect(existsSync(left)).toBe(false);
    // Without the note of what is there already a whole backup is made.
    await json("store", "gc", "--data-dir", at("other"), "--history", "1s");
    const whole = await json("store", "backup", ...bucket, "--data-dir", at("other"));
    expect(whole).toMatchObject({ isWhole: true, parts: 1 });
    const part = [...server.objects].find(([name]) => name.includes("part-"));
    const bytes = part?.[1] as Uint8Array;
    for (const [name] of server.objects) {
      if (name.includes("part-")) server.objects.set(name, bytes.slice(0, bytes.length - 1));
    }
    const damaged = await command("store", "restore", ...bucket, "--data-dir", at("third"));
    expect(damaged).toMatchObject({ exitCode: 65 });
    expect(damaged.stderr).toContain("is damaged");
  } finally {
    server.stop();
  }
});

test("what can't be done is said with a way out", async () => {
  const nowhere = await command("store", "info", "--data-dir", at("nowhere"));
  expect(nowhere).toMatchObject({ exitCode: 66 });
  expect(nowhere.stderr).toContain("name the --data-dir");
  expect(await command(...ofPeer("compact"))).toMatchObject({ exitCode: 75 });
  expect(await command(...ofPeer("backup", "ftp://x"))).toMatchObject({ exitCode: 64 });
  const missing = await command("store", "restore", at("none"), "--data-dir", at("other"));
  expect(missing).toMatchObject({ exitCode: 66 });
  const text = await command(...ofPeer("check"));
  expect(text.stdout).toContain("is sound");
  const folderless = await command(...ofPeer("backup", at("none/peer.cvxb")));
  expect(folderless).toMatchObject({ exitCode: 73 });
  expect(folderless.stderr).toContain("there is no such folder");
  writeFileSync(at("words"), "no store at all, but some text that is long enough to be looked at");
  const foreign = await command(...ofPeer("backup", at("words")));
  expect([foreign.exitCode, foreign.stderr]).toEqual([78, expect.stringContaining("or file")]);
  delete process.env.S3_SECRET_ACCESS_KEY;
  const keyless = await command(...ofPeer("backup", "s3://backups/peer"));
  expect([keyless.exitCode, keyless.stderr]).toEqual([
    77,
    expect.stringContaining("set S3_SECRET_ACCESS_KEY or AWS_SECRET_ACCESS_KEY."),
  ]);
});
