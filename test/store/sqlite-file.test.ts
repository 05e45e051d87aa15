// Names in a directory are made durable, and who can't do that says so.

import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { syncDirectory } from "../../src/store/sqlite-file.ts";
import { StoreError } from "../../src/store/store.ts";
import { inUnlistedFolder } from "../unlisted-folder.ts";

function failing(code: string): () => void {
  return () => {
    throw Object.assign(new Error(`${code}: fsync`), { code, syscall: "fsync" });
  };
}

test("a file system that can't sync directories is let be, one that fails is not", () => {
  for (const code of ["EINVAL", "ENOTSUP", "EBADF"]) syncDirectory(tmpdir(), failing(code));
  for (const code of ["EIO", "ENOSPC", "EDQUOT"]) {
    expect(() => syncDirectory(tmpdir(), failing(code))).toThrow(StoreError);
    expect(() => syncDirectory(tmpdir(), failing(code))).toThrow(`${tmpdir()} can't be used`);
  }
});

test("a directory that has gone is a failure, one that may not be listed is none", () => {
  expect(() => syncDirectory(join(tmpdir(), "convex-not-there"))).toThrow(StoreError);
  inUnlistedFolder((folder) => {
    writeFileSync(join(folder, "store.db"), "");
    expect(() => readdirSync(folder)).toThrow("EACCES");
    syncDirectory(folder);
  });
});
