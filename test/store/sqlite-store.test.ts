// What only a store on disk can meet: other processes, other versions, damage, a full disk, death.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Blob } from "../../src/data/blob.ts";
import type { Cell } from "../../src/data/cell.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { memorySize, statedMemorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { SqliteBackend, STORE_FILE, sqliteStore } from "../../src/store/sqlite-store.ts";
import { StoreError } from "../../src/store/store.ts";
import { expectComplete } from "./closure.ts";

const CHILD = join(import.meta.dir, "store-child.ts");

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-sqlite-"));
  file = join(directory, STORE_FILE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function longVector(length: number): Vector {
  return Vector.from(Array.from({ length }, (_, i) => CVMString.of(`element ${i}`.padEnd(150))));
}

/** The error that opening gives. */
function refusal(): StoreError {
  try {
    sqliteStore(directory, CAD3_TABLE).close();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("the store was opened");
}

function writeRoot(): Vector {
  const store = sqliteStore(directory, CAD3_TABLE);
  const root = longVector(100);
  memorySize(root);
  store.write({ roots: [["v", root]] });
  store.close();
  return root;
}

/** Runs a statement on the file behind the store's back. */
function tamper(sql: string, ...values: (string | Uint8Array)[]): void {
  const database = new Database(file);
  database.run(sql, values);
  database.close();
}

describe("one process a store", () => {
  test("a second one is refused, and told who holds it and what to do", () => {
    const store = sqliteStore(directory, CAD3_TABLE);
    const error = refusal();
    expect(error.code).toBe("IN_USE");
    expect(error.message).toContain(`in use by process ${process.pid}`);
    expect(error.message).toContain("Stop that process first");
    store.close();
    sqliteStore(directory, CAD3_TABLE).close();
  });

  test("another process holds it until it is killed, and what it had acknowledged is there", async () => {
    const child = Bun.spawn([process.execPath, CHILD, directory], { stdout: "pipe" });
    const reader = child.stdout.getReader();
    let text = "";
    while (!text.includes("20\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the child ended by itself");
      text += new TextDecoder().decode(value);
    }
    expect(refusal().message).toContain(`process ${child.pid}`);
    child.kill("SIGKILL");
    await child.exited;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    const acknowledged = Math.max(...text.trim().split("\n").map(Number));
    const store = sqliteStore(directory, CAD3_TABLE);
    const root = store.cell(store.root("v") as string) as Vector;
    expect([acknowledged, acknowledged + 1]).toContain(root.count);
    expectComplete(store, "v");
    store.close();
  });
});

test("a store of the format before is brought to this one, with all that is in it", () => {
  writeRoot();
  tamper("DROP TABLE batches");
  tamper("PRAGMA user_version = 1");
  const before = sqliteStore(directory, CAD3_TABLE);
  expectComplete(before, "v");
  before.close();
  const database = new Database(file);
  expect(database.query("PRAGMA user_version").values()).toEqual([[3]]);
  database.close();
});

describe("what is no store of this version is refused and left alone", () => {
  function expectUntouched(code: string, words: string): void {
    const before = readFileSync(file);
    const error = refusal();
    expect(error.code).toBe(code as StoreError["code"]);
    expect(error.message).toContain(words);
    expect(readFileSync(file).equals(before)).toBe(true);
  }

  test("a store of another version", () => {
    writeRoot();
    tamper("PRAGMA user_version = 9");
    expectUntouched("VERSION", "has format 9; this release reads formats 1 to 3");
  });

  test("another program's database", () => {
    tamper("CREATE TABLE other (x)");
    expectUntouched("FOREIGN", "is not a store of convex-peer");
  });

  test("a file that is no database", () => {
    writeFileSync(file, "not a database, but long enough to have a header ".repeat(100));
    expectUntouched("FOREIGN", "is not a store of convex-peer");
  });

  test("a file that was cut short", () => {
    writeRoot();
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    expectUntouched("DAMAGED", "is damaged");
  });

  test("a directory that can't be made is said in a sentence", () => {
    writeFileSync(file, "");
    const inner = join(file, "store");
    expect(() => sqliteStore(inner, CAD3_TABLE)).toThrow(StoreError);
    expect(() => sqliteStore(inner, CAD3_TABLE)).toThrow(`The store ${join(inner, STORE_FILE)}`);
  });

  test("an empty file is as good as none", () => {
    writeFileSync(file, "");
    writeRoot();
    expect(statSync(file).size).toBeGreaterThan(0);
  });
});

describe("damage", () => {
  test("a cell that does not have its hash is refused by name", () => {
    const root = writeRoot();
    const hash = hashBytes(root);
    const other = new Uint8Array([0x80, 0x00]);
    tamper("UPDATE cells SET encoding = ? WHERE hash = ?", other, hash);
    const store = sqliteStore(directory, CAD3_TABLE);
    const hex = Buffer.from(hash).toString("hex");
    expect(() => store.cell(store.root("v") as string)).toThrow(StoreError);
    expect(() => store.cell(store.root("v") as string)).toThrow(
      `cell 0x${hex} does not have that hash`,
    );
    store.close();
  });

  test("a memory size that was changed is refused", () => {
    const root = writeRoot();
    tamper("UPDATE cells SET memory = memory + 65536 WHERE hash = ?", hashBytes(root));
    const store = sqliteStore(directory, CAD3_TABLE);
    expect(() => store.memorySize(store.root("v") as string)).toThrow("damaged memory size");
    expect(() => store.cell(store.root("v") as string)).toThrow(StoreError);
    store.close();
  });

  test("a cell that has gone is damage, not absence", () => {
    const root = writeRoot();
    tamper("DELETE FROM cells WHERE hash <> ?", hashBytes(root));
    const store = sqliteStore(directory, CAD3_TABLE);
    const loaded = store.cell(store.root("v") as string) as Vector;
    expect(() => loaded.get(0)).toThrow("is missing");
    store.close();
  });

  test("no flipped bit goes unnoticed", () => {
    const root = writeRoot();
    const size = statedMemorySize(root);
    const bytes = readFileSync(file);
    let noticed = 0;
    for (let at = 0; at < bytes.length; at += 211) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      writeFileSync(file, damaged);
      if (isNoticed(root, size)) noticed++;
    }
    // The rest hit space that nothing uses.
    expect(noticed).toBeGreaterThan(bytes.length / 211 / 4);
  });

  /** Whether opening or reading fails; if not, what is read must be right. */
  function isNoticed(root: Vector, size: number): boolean {
    let loaded: Vector;
    let loadedSize: number;
    try {
      const store = sqliteStore(directory, CAD3_TABLE);
      try {
        const hash = store.root("v");
        if (hash === null) return true;
        loaded = store.cell(hash) as Vector;
        loadedSize = store.memorySize(hash);
        if (loaded === null) return true;
        for (const element of loaded) String(element);
      } finally {
        store.close();
      }
    } catch (error) {
      if (error instanceof StoreError) return true;
      throw error;
    }
    expect(loadedSize).toBe(size);
    expect(loaded.toArray().map(String)).toEqual(root.toArray().map(String));
    return false;
  }
});

test("a full disk is said clearly, loses nothing, and is no end", () => {
  const backend = new SqliteBackend(directory, { pagesMax: 100 });
  const store = new CellStore(backend, CAD3_TABLE);
  const small = longVector(20);
  store.write({ roots: [["v", small]] });
  const large: Cell = Blob.of(crypto.getRandomValues(new Uint8Array(60_000)).slice());
  const huge = Vector.from(
    Array.from({ length: 40 }, (_, i) =>
      Vector.of(i, large, Blob.of(new Uint8Array(20_000).fill(i))),
    ),
  );
  let error: unknown;
  try {
    store.write({ roots: [["v", huge]] });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(StoreError);
  expect((error as StoreError).code).toBe("FULL");
  expect((error as StoreError).message).toContain("no space left");
  expect(huge.storedIn).toBeNull();
  store.forget();
  expect((store.cell(store.root("v") as string) as Vector).count).toBe(20);
  expectComplete(store, "v");
  store.write({ roots: [["w", longVector(21)]] });
  expectComplete(store, "w");
  store.close();
});
