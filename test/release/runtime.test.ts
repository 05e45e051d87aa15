// The table of runtimes is about the pinned Bun, and says what the lock file says.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { requireIntegrity } from "../../release/runtime.ts";
import { BUN_VERSION, RUNTIMES } from "../../release/runtime-table.ts";
import { TARGETS } from "../../src/cli/release/target.ts";

const lock = JSON.parse(readFileSync(join(import.meta.dir, "../../package-lock.json"), "utf8")) as {
  packages: Record<string, { version: string; integrity?: string }>;
};

test("every target has a runtime of the pinned version, with the lock file's integrity", () => {
  expect(BUN_VERSION).toBe(packageJson.devDependencies.bun);
  expect(Bun.version).toBe(BUN_VERSION);
  const locked = TARGETS.filter((target) => {
    const { name, integrity } = RUNTIMES[target];
    const entry = lock.packages[`node_modules/${name}`];
    if (entry === undefined) return false;
    expect([target, entry.version, entry.integrity]).toEqual([target, BUN_VERSION, integrity]);
    return true;
  });
  // The baseline builds are no dependencies of the package bun.
  expect(TARGETS.filter((target) => !locked.includes(target))).toEqual([
    "linux-x64-baseline",
    "linux-x64-musl-baseline",
  ]);
});

test("another runtime than the table's is refused", () => {
  const abc =
    "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
  requireIntegrity(Buffer.from("abc"), abc, "abc");
  expect(() => requireIntegrity(Buffer.from("abd"), abc, "abd")).toThrow("abd is not what");
});
