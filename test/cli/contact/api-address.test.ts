// The address of an API as people have it, and what is meant where no key says which peer.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseApiUrl } from "../../../src/cli/contact/faucet-client.ts";
import { command } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-api-address-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("an address as a peer shows it at its start is taken", () => {
  for (const text of ["http://a:1", "http://a:1/", "http://a:1/api/v1", "http://a:1/api/v1/"])
    expect(parseApiUrl(text)).toBe("http://a:1");
  expect(parseApiUrl("https://a/behind")).toBe("https://a/behind");
  expect(() => parseApiUrl("a:1")).toThrow("expected an address such as http://127.0.0.1:8080");
});

test("who asks for a peer's stake without a key is told how to name the peer", async () => {
  const { stderr } = await command("stake", "show", "--data-dir", folder, "--via", "127.0.0.1:1");
  expect(stderr).toEndWith("`convex-peer key new` makes one, or say which with --peer HEX\n");
  const shown = await command("key", "show", "--data-dir", folder);
  expect(shown.stderr).toEndWith("`convex-peer key new` makes one\n");
});
