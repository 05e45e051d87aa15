// The scan for secrets finds them: in files in every form, in arguments and in environments.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessWatch } from "./process-watch.ts";
import { mnemonicForms, passphraseForms, scanFolders } from "./secrets.ts";

/** Vector 1 of the sheet on keys (05 §4.4): these words, and the seed of the default path. */
const WORDS = `${"abandon ".repeat(11)}about`;
const SEED = "401fc829f23f2ed4e37ec18c90df9ed6a8a7de99072460762b0387d12bb7dfd2";
const PASSPHRASE = "pass über phrase";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-secrets-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const forms = [...mnemonicForms("words", WORDS), ...passphraseForms("passphrase", PASSPHRASE)];

test("a file with a secret in any form is found, and no other", () => {
  const seed = Buffer.from(SEED, "hex");
  const leaks = [
    seed,
    SEED,
    SEED.toUpperCase(),
    seed.toString("base64"),
    seed.toString("base64url"),
    '["abandon","abandon","about"]',
    "abandon abandon about",
    "abandon\nabandon\nabout\n",
    PASSPHRASE,
    Buffer.from(PASSPHRASE, "utf16le"),
    Buffer.from(PASSPHRASE).toString("hex"),
  ];
  for (const leak of leaks) {
    const bytes = Buffer.concat([
      Buffer.alloc(1_000, "x"),
      Buffer.from(leak as string),
      Buffer.alloc(9),
    ]);
    writeFileSync(join(folder, "file"), bytes);
    expect(scanFolders([folder], forms).found.length).toBeGreaterThan(0);
  }
  for (const text of ["abandon about", SEED.slice(1), "pass phrase", ""]) {
    writeFileSync(join(folder, "file"), text);
    expect(scanFolders([folder], forms)).toMatchObject({ files: 1, found: [] });
  }
});

test("a process with a secret in arguments or environment is found", async () => {
  const marker = `convex-test-${process.pid}`;
  const look = async (args: readonly string[], environment: Record<string, string>) => {
    const watch = new ProcessWatch(`MARKER=${marker}`);
    const child = Bun.spawn(["sh", "-c", "read line", "sh", ...args], {
      stdin: "pipe",
      env: { PATH: process.env.PATH ?? "", MARKER: marker, ...environment },
    });
    while (watch.size === 0) await Bun.sleep(1);
    // Between fork and exec it still shows this process's.
    while (![...watch.seen].some((each) => each.startsWith("sh -c"))) await Bun.sleep(1);
    child.stdin.end();
    await child.exited;
    watch.close();
    return watch.found(forms).length;
  };
  expect(await look([], {})).toBe(0);
  expect(await look([PASSPHRASE], {})).toBeGreaterThan(0);
  expect(await look([], { SEED })).toBeGreaterThan(0);
});
