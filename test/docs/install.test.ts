// The commands of docs/install.md, from a release on this machine.

import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_MS } from "../patience.ts";
import { SmallRelease, saysVersion } from "../release/small-release.ts";
import { commandBlocks } from "./command-blocks.ts";

setDefaultTimeout(TEST_MS);

test("docs/install.md", async () => {
  const release = new SmallRelease();
  const home = mkdtempSync(join(tmpdir(), "convex-home-"));
  try {
    await release.add("9.8.7", saysVersion("9.8.7"));
    const blocks = commandBlocks("docs/install.md");
    expect(blocks.length).toBe(3);
    // Root has another default prefix: here it is a user.
    const tools = join(home, "tools");
    mkdirSync(tools);
    writeFileSync(join(tools, "id"), "#!/bin/sh\necho 1000\n", { mode: 0o755 });
    const PATH = `${tools}:${process.env.PATH}`;
    const run = async (script: string) => {
      const child = Bun.spawn(["bash", "-euc", script], {
        stderr: "pipe",
        env: { ...process.env, HOME: home, BASE_URL: release.url, PATH },
      });
      const output = await new Response(child.stdout).text();
      expect([await child.exited, output]).toEqual([0, output]);
      return output;
    };
    const installed = ["convex/bin/convex-peer", ".local/bin/convex-peer"];
    const output = await run(blocks.slice(0, 2).join("\n"));
    expect(output).toContain("Installed");
    expect(output.endsWith("9.8.7\n")).toBe(true);
    expect(installed.map((path) => existsSync(join(home, path)))).toEqual([true, true]);
    await run(blocks[2] ?? "");
    expect(installed.map((path) => existsSync(join(home, path)))).toEqual([false, false]);
  } finally {
    release.close();
    rmSync(home, { recursive: true });
  }
});
