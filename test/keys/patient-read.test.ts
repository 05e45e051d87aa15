// Standard input that is set not to wait, as whoever shares it may have done.

import { expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCLibrary } from "../../src/net/c-library.ts";
import { program } from "../cli/terminal-session.ts";
import { TEST_MS } from "../patience.ts";
import { outcomeOf } from "../process-outcome.ts";

setDefaultTimeout(TEST_MS);

const O_NONBLOCK = 0o4000;
const library = openCLibrary({ pipe2: { args: ["ptr", "i32"], returns: "i32" } });

/** A command whose standard input has its text only after a while, and does not wait for it. */
async function withLateInput(words: readonly string[], text: string) {
  const ends = new Int32Array(2);
  if (library?.symbols.pipe2(ends, O_NONBLOCK) !== 0) throw new Error("no pipe can be had");
  const [reading = 0, writing = 0] = ends;
  const child = Bun.spawn([...program(), ...words], {
    stdin: reading,
    stdout: "pipe",
    stderr: "pipe",
  });
  closeSync(reading);
  await Bun.sleep(1_500);
  writeSync(writing, text);
  closeSync(writing);
  return outcomeOf(child);
}

test("passphrases and messages are waited for", async () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-late-"));
  const made = await withLateInput(
    ["key", "new", "--no-mnemonic", "--data-dir", folder, "--passphrase-fd", "0"],
    "a passphrase that comes late\n",
  );
  expect([made.exitCode, made.stderr]).toEqual([0, expect.stringContaining("encrypted under")]);
  const forms = await withLateInput(["query", "--file", "-", "--via", "127.0.0.1:1"], "(+ 1 2)");
  expect([forms.exitCode, forms.stderr]).toEqual([69, expect.stringContaining("127.0.0.1:1")]);
  rmSync(folder, { recursive: true });
});
