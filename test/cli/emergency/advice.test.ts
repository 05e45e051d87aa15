// What `emergency` advises works when it is followed to the letter.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyStore } from "../../../src/keys/key-store.ts";
import { command } from "../in-process.ts";
import { publicKey, seed } from "../network-scene.ts";

const root = mkdtempSync(join(tmpdir(), "convex-advice-"));
afterAll(() => rmSync(root, { recursive: true }));

test("a step that fails is to be mended before the command is run again", async () => {
  await new KeyStore(join(root, "keys")).add(seed(0), null);
  const way = ["--data-dir", root, "--via", "127.0.0.1:1", "--stop-first", "--yes"];
  const { stdout } = await command("emergency", ...way);
  expect(stdout).toEndWith("failed: put right what they say, and run the command again.\n");
});

test("on another machine a peer is named by its whole key, and that is said", async () => {
  const way = ["--data-dir", join(root, "elsewhere"), "--via", "127.0.0.1:1", "--dry-run"];
  const brief = await command("emergency", ...way, "--peer", publicKey(0).slice(0, 8));
  expect([brief.exitCode, brief.stderr]).toEqual([78, expect.stringContaining("all 64 digits")]);
  expect((await command("emergency", ...way, "--peer", publicKey(0))).exitCode).toBe(69);
});
