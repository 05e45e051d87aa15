import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "main.ts");
const FIXTURES = join(import.meta.dir, "../fixtures");
const READER_ROWS = 139;

let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "conformance-"));
  const reader = readFileSync(join(FIXTURES, "reader.jsonl"), "utf8");
  writeFileSync(join(dir, "reader.jsonl.gz"), Bun.gzipSync(new TextEncoder().encode(reader)));
  // damaged in seven rows, so that there are more failures than are shown
  const broken = reader
    .split("\n")
    .map((line, i) => (i < 7 ? line.replace('"forms": ', '"forms": 4') : line));
  writeFileSync(join(dir, "broken.jsonl"), broken.join("\n"));
  writeFileSync(join(dir, "floor.json"), JSON.stringify({ broken: READER_ROWS - 7, reader: 1 }));
});

afterAll(() => rmSync(dir, { recursive: true }));

function run(...args: string[]): { exitCode: number; lines: string[] } {
  const { exitCode, stdout } = Bun.spawnSync([process.execPath, "run", MAIN, ...args]);
  return { exitCode, lines: stdout.toString().trimEnd().split("\n") };
}

function failures(lines: readonly string[]): number {
  return lines.filter((line) => line.startsWith("  line ")).length;
}

describe("bun run conformance", () => {
  test("prints a line a file, and fails when a case does", () => {
    const { exitCode, lines } = run(dir);
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe(`broken ${READER_ROWS - 7}/${READER_ROWS}`);
    expect(lines.at(-1)).toBe(`reader ${READER_ROWS}/${READER_ROWS}`);
    expect(failures(lines)).toBe(5);
    expect(lines.slice(1, 5)).toEqual([
      "  line 1: 1",
      "    forms",
      "      expected 41",
      "      actual   1",
    ]);
  });

  test("runs one file, and shows all failures when asked", () => {
    expect(run(dir, "--file", "reader")).toEqual({
      exitCode: 0,
      lines: [`reader ${READER_ROWS}/${READER_ROWS}`],
    });
    expect(failures(run(dir, "--file", "broken", "--all-failures").lines)).toBe(7);
  });

  test("holds a floor, which only rises", () => {
    const floor = join(dir, "floor.json");
    expect(run(dir, "--floor", floor).exitCode).toBe(0);
    expect(run(dir, "--raise-floor", floor).exitCode).toBe(1);
    const raised = { broken: READER_ROWS - 7, reader: READER_ROWS };
    expect(JSON.parse(readFileSync(floor, "utf8"))).toEqual(raised);
    writeFileSync(floor, JSON.stringify({ ...raised, broken: READER_ROWS }));
    const { exitCode, lines } = run(dir, "--floor", floor);
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toBe(`broken ${READER_ROWS - 7} is below the floor of ${READER_ROWS}`);
    run(dir, "--raise-floor", floor);
    expect(JSON.parse(readFileSync(floor, "utf8"))).toEqual({ ...raised, broken: READER_ROWS });
  });

  test("refuses wrong usage", () => {
    expect(run().exitCode).toBe(64);
    expect(run(dir, "--what").exitCode).toBe(64);
    expect(run(dir, "--file", "nothing").exitCode).not.toBe(0);
  });
});
