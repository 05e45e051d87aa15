// convex-sdk 0.3.3 from PyPI, unmodified, against `convex-peer local`. It needs Python with venv
// and the package (installed into a temporary folder); where Python is missing the test says so and
// counts as passed over.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notRun } from "../not-run.ts";
import { TEST_MS } from "../patience.ts";
import { PeerProcess } from "./peer-process.ts";

setDefaultTimeout(TEST_MS);

const PACKAGE = "convex-sdk==0.3.3";
const folder = mkdtempSync(join(tmpdir(), "convex-sdk-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The interpreter of a fresh environment with the package, or null and the reason. */
function python(): { path: string } | { missing: string } {
  if (Bun.which("python3") === null) return { missing: "python3 is not installed" };
  const made = Bun.spawnSync(["python3", "-m", "venv", folder]);
  if (made.exitCode !== 0) return { missing: "python3 has no venv module" };
  const path = join(folder, "bin", "python");
  const installed = Bun.spawnSync([path, "-m", "pip", "install", "--quiet", PACKAGE]);
  if (installed.exitCode !== 0) return { missing: `${PACKAGE} could not be installed` };
  return { path };
}

test("the Python client's calls agree", async () => {
  const found = python();
  if ("missing" in found) return notRun(`${found.missing}; convex-sdk was not run`);
  const peer = await PeerProcess.start({ command: "local" });
  const client = Bun.spawn([found.path, join(import.meta.dir, "convex_sdk_client.py"), peer.url], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await new Response(client.stdout).text();
  await peer.end();
  peer.removeData();
  expect(output).toContain("all calls agree");
});
