// What `start` refuses it refuses wherever it is written: on its command line, behind `service
// install --`, in the environment and in the configuration, where a service would read it at its
// next start and stay down.

import { afterAll, afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-values-"));
// A command with --config leaves it in the environment.
afterEach(() => {
  process.env.CONVEX_CONFIG = "";
});
afterAll(() => rmSync(folder, { recursive: true }));

const [USAGE, CONFIG] = [64, 78];

/** Values that mean nothing, with a part of what is said of them. */
const WRONG = [
  ["url", "http://peer.example.org", "tcp://HOST:PORT"],
  ["url", "tcp://0.0.0.0:18888", "Others can't reach a peer at '0.0.0.0'"],
  ["url", "tcp://[fe80::1%eth0]:18888", "Others can't reach"],
  ["url", "tcp://192.0.2.300:18888", "Others can't reach"],
  ["join", "peer.example.org:x", "expected HOST:PORT"],
  ["join", "", "expected"],
  ["genesis-hash", "abc", "expected 64 hex digits"],
  ["genesis", "", "expected a value"],
  ["key", "", "expected a value"],
  ["key-file", "", "expected a value"],
  ["passphrase-file", "", "expected a value"],
  ["domain", "127.0.0.1", "expected a name"],
  ["cert", "", "expected a value"],
  ["api-allow", "10.0.0.0/33", "at most 32 bits"],
  ["api-allow", "", "expected a value"],
  ["api-routes", "qeury", "there are no 'qeury'"],
  ["api-routes", ",", "expected a value"],
  ["api-token-file", "", "expected a value"],
  ["trust-proxy", "proxy", "expected an IP address"],
  ["mcp-origins", "app", "expected an origin"],
] as const;

test.each(WRONG)("--%s '%s'", (key, text, told) => expectRefused(key, text, told));

test("--acme-directory of an authority without HTTPS", () =>
  expectRefused("acme-directory", "http://authority.example.org", "expected an https URL", [
    ["domain", "peer.example.org"],
  ]));

/** @param beside settings without which this one has no effect */
async function expectRefused(
  key: string,
  text: string,
  told: string,
  beside: readonly (readonly [string, string])[] = [],
): Promise<void> {
  const data = join(folder, "data");
  const flags = [...beside, [key, text] as const].flatMap(([name, value]) => [`--${name}`, value]);
  const typed = await command("start", ...flags, "--data-dir", data);
  expect([typed.exitCode, typed.stderr]).toEqual([USAGE, expect.stringContaining(told)]);
  expect(typed.stderr).toContain(`--${key}: `);
  const unit = ["service", "install", "--print", "--user", "--executable", "/bin/true"];
  const installed = await command(...unit, "--", ...flags);
  expect([installed.exitCode, installed.stderr]).toEqual([USAGE, expect.stringContaining(told)]);
  const file = join(folder, "config.toml");
  const lines = [...beside, [key, text] as const].map(([name, value]) => `${name} = "${value}"\n`);
  writeFileSync(file, `[start]\n${lines.join("")}`);
  const checked = await command("config", "check", "--config", file);
  expect([checked.exitCode, checked.stderr]).toEqual([CONFIG, expect.stringContaining(told)]);
  expect(checked.stderr).toContain(`[start] ${key}: `);
  expect(readdirSync(folder)).toEqual(["config.toml"]);
}

test("no empty key or file is taken for one", async () => {
  const lines = [
    ["key", "show", "--key", ""],
    ["stake", "show", "--peer", "", "--via", "127.0.0.1:1"],
    ["emergency", "--peer", "", "--via", "127.0.0.1:1", "--dry-run"],
    ["store", "check", "--backup", ""],
    ["store", "restore", ""],
  ];
  for (const line of lines) {
    const { exitCode, stderr } = await command(...line);
    const told = expect.stringContaining("expected a value, found ''");
    expect([line, exitCode, stderr]).toEqual([line, USAGE, told]);
  }
});
