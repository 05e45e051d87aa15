// The commands of docs/upgrade.md that need neither root nor systemd; test/e2e/upgrade.test.ts does
// the rest.

import { expect, setDefaultTimeout, test } from "bun:test";
import { TEST_MS } from "../patience.ts";
import { runPage } from "./command-blocks.ts";

setDefaultTimeout(TEST_MS);

test("docs/upgrade.md", async () => {
  const { exitCode, output } = await runPage("docs/upgrade.md");
  expect([exitCode, output]).toEqual([0, output]);
  expect(output).toContain("ExecStart=/usr/local/bin/convex-peer start --data-dir");
  expect(output).toContain("--outgoing 10");
});
