// Executables that are tried before they replace another: those that fail are bad releases.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedExit } from "../../../src/cli/failure.ts";
import { tryOut, versionOf } from "../../../src/cli/upgrade/trial.ts";

const DATAERR = 65;
const PROGRAM = 0o755;

const folder = mkdtempSync(join(tmpdir(), "convex-trial-"));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, lines: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: PROGRAM });
  return path;
}

/** Sentence and exit code of what fails. */
async function failure(work: Promise<unknown>): Promise<[string, number]> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return [error instanceof Error ? error.message : "", failedExit(error)];
}

test("what does not run, or is no peer that becomes ready, is a bad release", async () => {
  expect(await versionOf(program("well", "echo 8.0.1"))).toBe("8.0.1");
  expect(await failure(versionOf(program("broken", "echo bad >&2; exit 3")))).toEqual([
    "Not upgraded: the new executable does not run: bad. What was installed runs on",
    DATAERR,
  ]);
  const [absent, code] = await failure(versionOf(join(folder, "absent")));
  expect([absent, code]).toEqual([expect.stringContaining("does not run"), DATAERR]);
  expect(await failure(tryOut(join(folder, "well"), folder))).toEqual([
    "Not upgraded: a peer of the new executable does not become ready. What was installed runs on",
    DATAERR,
  ]);
});
