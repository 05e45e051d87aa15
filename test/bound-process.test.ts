// A test that fails, or is killed, leaves no peer behind that goes on to hold its output.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canBind } from "./bound-process.ts";
import { notRun } from "./not-run.ts";
import { PATIENCE_MS, TEST_MS } from "./patience.ts";

setDefaultTimeout(TEST_MS);

const HELPER = join(import.meta.dir, "e2e", "peer-process.ts");
const POLL_MS = 20;

const folder = mkdtempSync(join(tmpdir(), "convex-bound-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether a test's output ended when it had; a peer that is left is killed. */
async function endsWithItsTest(name: string, ending: string): Promise<boolean> {
  const [file, pidFile] = [join(folder, `${name}.test.ts`), join(folder, `${name}.pid`)];
  const source = `
    import { test } from "bun:test";
    import { writeFileSync } from "node:fs";
    import { PeerProcess } from ${JSON.stringify(HELPER)};
    test("${name}", async () => {
      const dataDir = ${JSON.stringify(join(folder, name))};
      const peer = await PeerProcess.start({ command: "start", dataDir });
      writeFileSync(${JSON.stringify(pidFile)}, String(peer.pid));
      ${ending}
    }, ${TEST_MS});
  `;
  writeFileSync(file, source);
  const child = Bun.spawn([process.execPath, "test", file], {
    cwd: folder,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let isOver = false;
  const output = new Response(child.stderr).text().then(() => {
    isOver = true;
  });
  await child.exited;
  expect([existsSync(pidFile), child.exitCode === 0]).toEqual([true, false]);
  const deadline = performance.now() + PATIENCE_MS;
  while (!isOver && performance.now() < deadline) await Bun.sleep(POLL_MS);
  const isBound = isOver;
  if (!isBound) process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  await output;
  return isBound;
}

test("of a test that fails nothing is left", async () => {
  if (!canBind()) return notRun("needs setpriv of util-linux");
  expect(await endsWithItsTest("fails", 'throw new Error("as meant");')).toBe(true);
});

test("of one that is killed nothing is left", async () => {
  if (!canBind()) return notRun("needs setpriv of util-linux");
  expect(await endsWithItsTest("killed", 'process.kill(process.pid, "SIGKILL");')).toBe(true);
});
