// A store whose file is replaced while another process begins to read it: both go on with a whole
// one.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteBackend, STORE_FILE } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-replace-"));
  file = join(directory, STORE_FILE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A process of its own, once it has said that it has begun. */
async function begun(code: string): Promise<Bun.Subprocess<"ignore", "pipe", "inherit">> {
  const child = Bun.spawn([process.execPath, "-e", code], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

function storeWith(folder: string, value: string): SqliteBackend {
  mkdirSync(folder, { recursive: true });
  const backend = new SqliteBackend(folder);
  backend.transaction((w) => w.putMeta("which", value));
  return backend;
}

test("who begins to read the copy is waited for", async () => {
  const backend = storeWith(directory, "before");
  const copy = join(directory, "copy.db");
  backend.tables.database.run("VACUUM INTO ?1", [copy]);
  const reader = await begun(`
    import { Database } from "bun:sqlite";
    const file = new Database(${JSON.stringify(copy)}, { readonly: true });
    file.run("BEGIN");
    file.prepare("SELECT * FROM meta").values();
    console.log("reads");
    await Bun.sleep(300);
    file.run("COMMIT");`);
  backend.replaceFile(copy)?.close();
  backend.transaction((w) => w.putMeta("which", "after"));
  expect(backend.meta("which")).toBe("after");
  await reader.exited;
  backend.close();
});

test("who reads waits until the other file is there", async () => {
  storeWith(directory, "before").close();
  const other = join(directory, "other");
  storeWith(other, "after").close();
  const replacer = await begun(`
    import { Database } from "bun:sqlite";
    import { renameSync } from "node:fs";
    const file = new Database(${JSON.stringify(file)});
    file.run("PRAGMA journal_mode = DELETE");
    file.close();
    console.log("replaces");
    await Bun.sleep(60);
    renameSync(${JSON.stringify(join(other, STORE_FILE))}, ${JSON.stringify(file)});`);
  const tables = SqliteTables.toRead(file);
  expect(tables.meta("which")).toBe("after");
  tables.close();
  await replacer.exited;
});

test("a store that no peer has opened can be read", () => {
  storeWith(directory, "before").close();
  const restored = new Database(file);
  restored.run("PRAGMA journal_mode = DELETE");
  restored.close();
  const tables = SqliteTables.toRead(file);
  expect(tables.meta("which")).toBe("before");
  tables.close();
});
