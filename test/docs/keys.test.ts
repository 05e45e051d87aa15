// The commands of docs/keys.md and docs/recover.md do what the pages say.

import { expect, setDefaultTimeout, test } from "bun:test";
import { TEST_MS } from "../patience.ts";
import { commandBlocks, runPage } from "./command-blocks.ts";

setDefaultTimeout(TEST_MS);

const KEY = "036598af84b625f6f36753eda9de6730f7d828cf14994dc55e87ecf3c22674e9";

test("docs/keys.md", async () => {
  const { exitCode, output } = await runPage("docs/keys.md");
  expect([exitCode, output]).toEqual([0, output]);
  expect(output).toContain("This backup brings back the key");
  expect(output).toContain("valid");
  expect(output).not.toContain("Warning");
});

test("docs/recover.md", async () => {
  const { exitCode, output } = await runPage("docs/recover.md", {
    files: {
      words: `${"abandon ".repeat(11)}about\n`,
      seed: "401fc829f23f2ed4e37ec18c90df9ed6a8a7de99072460762b0387d12bb7dfd2\n",
      passphrase: "a long passphrase\n",
    },
  });
  expect([exitCode, output]).toEqual([0, output]);
  expect(output.split("\n").filter((line) => line.startsWith(KEY)).length).toBe(2);
  expect(output).not.toContain("Warning");
});

test("both pages have commands to run", () => {
  expect(commandBlocks("docs/keys.md").length).toBeGreaterThan(6);
  expect(commandBlocks("docs/recover.md").length).toBeGreaterThan(3);
});
