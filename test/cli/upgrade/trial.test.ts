// Executables that are tried before they replace another: those that fail are bad releases.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedExit } from "../../../src/cli/failure.ts";
import { tryOut, versionOf } from "../../../src/cli/upgrade/trial.ts";
import { PATIENCE_MS, TEST_MS } from "../../patience.ts";

setDefaultTimeout(TEST_MS);

const DATAERR = 65;
const IOERR = 74;
const PROGRAM = 0o755;
/** Who waits for these waits longer than a test may take. */
const FOR_EVER = { readyMs: 1e6, answerMs: 1e6, stopMs: 1e6 };

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
  for (const [end, lines] of [
    ["code 3", "exit 3"],
    ["SIGKILL", "kill -KILL $$"],
  ] as const) {
    const [said] = await failure(versionOf(program("mute", lines)));
    expect(said).toContain(`does not run: \`--version\` ends with ${end}. What`);
  }
  const [absent, code] = await failure(versionOf(join(folder, "absent")));
  expect([absent, code]).toEqual([expect.stringContaining("does not run"), DATAERR]);
  expect(await failure(tryOut(join(folder, "well"), folder))).toEqual([
    "Not upgraded: a peer of the new executable does not become ready. What was installed runs on",
    DATAERR,
  ]);
});

test("a disk that is full is no bad release", async () => {
  const refused = program("full", "echo 'Only 3 MB are free' >&2; exit 74");
  expect(await failure(tryOut(refused, folder))).toEqual([
    "Not upgraded: a peer of the new executable does not become ready: Only 3 MB are free. " +
      "What was installed runs on",
    IOERR,
  ]);
  // Filled by somebody else meanwhile: it says so by HTTP, and stops in order.
  const answer = '() => Response.json({ reason: "Only 3 MB are free" }, { status: 503 })';
  const waiting = peerThat("out-of-room", answer, "process.exit(0)");
  const bounds = { readyMs: 2_000, answerMs: 500, stopMs: PATIENCE_MS };
  const free = () => 3 << 20;
  expect((await failure(tryOut(waiting, folder, { bounds, freeBytes: free })))[1]).toBe(IOERR);
  expect((await failure(tryOut(waiting, folder, { bounds })))[1]).toBe(DATAERR);
});

/** A peer that says where its API is, answers as told, and does on SIGTERM nothing but `onEnd`. */
function peerThat(name: string, answers: string, onEnd = ""): string {
  const source =
    `process.on("SIGTERM", () => {${onEnd}}); const server = Bun.serve({ port: 0, fetch: ${answers} }); ` +
    'console.log(JSON.stringify({ api: "http://127.0.0.1:" + server.port }));';
  writeFileSync(join(folder, `${name}.js`), source);
  return program(name, `exec '${process.execPath}' '${join(folder, `${name}.js`)}'`);
}

test("a peer that hangs keeps nobody waiting, neither when it is asked nor when it stops", async () => {
  const bounds = { readyMs: PATIENCE_MS, answerMs: 100, stopMs: 500 };
  const asked = join(folder, "asked");
  const silent = peerThat(
    "silent",
    `() => { require("fs").appendFileSync("${asked}", Date.now() + "\\n"); return new Promise(() => {}); }`,
  );
  const timesAsked = () =>
    existsSync(asked) ? readFileSync(asked, "utf8").trim().split("\n").map(Number) : [];
  for (let readyMs = 2_000; timesAsked().length <= 2; readyMs *= 2) {
    expect(await failure(tryOut(silent, folder, { bounds: { ...bounds, readyMs } }))).toEqual([
      "Not upgraded: a peer of the new executable does not become ready. What was installed runs on",
      DATAERR,
    ]);
  }
  // None was waited for longer than an answer may take.
  const pausesMs = timesAsked().map((atMs, i, all) => (all[i + 1] ?? Infinity) - atMs);
  expect(Math.min(...pausesMs)).toBeLessThan(10 * bounds.answerMs);
  const staying = peerThat("staying", "() => Response.json({})");
  expect(await failure(tryOut(staying, folder, { bounds }))).toEqual([
    "Not upgraded: a peer of the new executable does not stop. What was installed runs on",
    DATAERR,
  ]);
});

test("a peer that ends before it is ready is not waited for", async () => {
  const brief = program("brief", `echo '{"api":"http://127.0.0.1:1"}'; echo bad >&2`);
  const [said] = await failure(tryOut(brief, folder, { bounds: FOR_EVER }));
  expect(said).toContain("does not become ready: bad");
});

test("who is left behind with its output open is not waited for", async () => {
  const left = `sleep 1000 & echo $! >> '${join(folder, "left")}'`;
  expect(await versionOf(program("forking", `${left}; echo 8.0.2`))).toBe("8.0.2");
  const broken = program("forking-broken", `${left}; echo bad >&2; exit 3`);
  expect((await failure(versionOf(broken)))[0]).toContain("does not run: bad. What");
  const brief = program("forking-brief", `${left}; echo worse >&2; exit 3`);
  const said = await failure(tryOut(brief, folder, { bounds: FOR_EVER }));
  expect(said[0]).toContain("does not become ready: worse");
  const staying = program("forking-staying", `${left}; exec sleep 1000`);
  const bounds = { readyMs: 1_000, answerMs: 100, stopMs: 200 };
  expect((await failure(tryOut(staying, folder, { bounds })))[0]).toContain("become ready");
  const pids = readFileSync(join(folder, "left"), "utf8").trim().split("\n").map(Number);
  for (const pid of pids) process.kill(pid, "SIGKILL");
});

test("what it says of why it is not ready is told", async () => {
  const answer = '() => Response.json({ reason: "Only 3% can be reached" }, { status: 503 })';
  const waiting = peerThat("waiting", answer);
  let said = "";
  for (let readyMs = 1_000; !said.includes("3%"); readyMs *= 2) {
    const bounds = { readyMs, answerMs: 500, stopMs: 200 };
    [said] = await failure(tryOut(waiting, folder, { bounds }));
  }
  expect(said).toContain("does not become ready: Only 3% can be reached. What was installed");
});

test("when the upgrade is interrupted the peer on trial is killed", async () => {
  const staying = peerThat("patient", "() => Response.json({}, { status: 503 })");
  const interruption = new AbortController();
  const trial = failure(tryOut(staying, folder, { signal: interruption.signal }));
  setTimeout(() => interruption.abort(), 1_000);
  expect((await trial)[0]).toContain("does not become ready");
});
