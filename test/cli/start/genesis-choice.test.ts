// A genesis State from a file: whole, plain or compressed, and nothing else.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../src/cli/failure.ts";
import { genesisFromFile, genesisOfOne } from "../../../src/cli/start/genesis-choice.ts";
import { encoding, hashKey } from "../../../src/data/encode.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { keyPair } from "../../peer/scene.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-genesis-"));
afterAll(() => rmSync(folder, { recursive: true }));

const state = genesisOfOne(keyPair(0).publicKey);
const whole = Uint8Array.from(encodeMultiCell(state));
let count = 0;
function fileWith(bytes: Uint8Array): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, bytes);
  return path;
}

/** Sentence and exit code. */
function refusal(bytes: Uint8Array): [string, number] {
  try {
    genesisFromFile(fileWith(bytes));
  } catch (error) {
    if (error instanceof CommandError) return [error.message, error.exitCode];
    throw error;
  }
  return ["", 0];
}

test("a State is read as it is, and compressed", () => {
  for (const bytes of [whole, Bun.gzipSync(whole)]) {
    expect(hashKey(genesisFromFile(fileWith(bytes)))).toBe(hashKey(state));
  }
});

test("what is no whole State of a beginning is refused, with what it is", () => {
  const cut = Bun.gzipSync(whole).subarray(0, 100);
  const other = Uint8Array.from(encodeMultiCell(Vector.of(1, 2)));
  for (const [bytes, told] of [
    [cut, "is no whole gzip file"],
    [whole.subarray(0, whole.length - 1), "is not a complete State"],
    [Uint8Array.from(encoding(state)), "is not a complete State"],
    [other, "holds another value: expected the complete multi-cell message"],
    [new Uint8Array(), "is not a complete State"],
  ] as const) {
    expect(refusal(bytes)).toEqual([expect.stringContaining(told), 65]);
  }
});
