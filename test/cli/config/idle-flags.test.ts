// Flags that would have no effect are refused, wherever they were set.

import { afterAll, afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../src/cli/application.ts";
import { SETTINGS } from "../../../src/cli/commands/config.ts";
import { withConfiguration } from "../../../src/cli/config/configuration.ts";
import { command } from "../in-process.ts";

const USAGE = 64;
const CONFIG = 78;

const folder = mkdtempSync(join(tmpdir(), "convex-idle-"));
const data = join(folder, "data");
const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
afterAll(() => rmSync(folder, { recursive: true }));

const IDLE: readonly (readonly [words: string, told: string])[] = [
  ["start --https-port 8443", "--https-port has no effect without --domain or --cert"],
  ["start --httpPort=off", "--http-port has no effect without --domain or --cert"],
  ["start --cert a --cert-key b --acme-email a@b.c", "--acme-email has no effect without --domain"],
  ["start --keep-history --history 5d", "--history has no effect beside --keep-history"],
  ["start --faucet --api-routes status", "--faucet has no effect with these --api-routes"],
  ["key new --no-mnemonic --words 12", "--words has no effect beside --no-mnemonic"],
  ["key import --seed-file s --key ab", "--key has no effect without --keystore-file"],
  [
    "key export --type seed --out s --export-passphrase-file p",
    "--export-passphrase-file has no effect beside --type seed",
  ],
  [
    "key export --type=pem --out s --store-passphrase-file p",
    "--store-passphrase-file has no effect without --type keystore",
  ],
  ["key paper --seed --mnemonic-file w --out p", "--mnemonic-file has no effect beside --seed"],
  ["key paper --seed --secret-code --out p.txt", "--secret-code is drawn on a page whose name"],
  ["key check --seed-file s --path m", "--path has no effect beside --seed-file"],
  ["watch --once --count 2", "--count has no effect beside --once"],
  ["store gc --keep-history --history 5d", "--history has no effect beside --keep-history"],
];

test("a flag that has no effect as it stands is refused before anything is done", async () => {
  for (const [words, told] of IDLE) {
    const { exitCode, stderr } = await command(...words.split(" "), "--data-dir", data);
    expect([words, exitCode, stderr]).toEqual([words, USAGE, expect.stringContaining(told)]);
  }
  expect(existsSync(data)).toBe(false);
  const executable = ["--executable", "/usr/local/bin/convex-peer"];
  const install = ["service", "install", "--print", ...executable];
  const unit = await command(...install, "--", "--https-port", "5");
  expect([unit.exitCode, unit.stdout]).toEqual([USAGE, ""]);
  const endpoint = ["--s3-endpoint", "http://127.0.0.1:1", "--data-dir", data];
  const backup = await command("store", "backup", join(folder, "backup"), ...endpoint);
  expect([backup.exitCode, backup.stderr]).toEqual([
    USAGE,
    expect.stringContaining("--s3-endpoint has no effect without an s3:// address"),
  ]);
});

test("where it was set is told, and what stands beside it there or is typed counts", async () => {
  const file = join(folder, "config.toml");
  process.env.CONVEX_CONFIG = file;
  writeFileSync(file, "[start]\nhttps-port = 8443\n");
  const alone = await command("start", "--data-dir", data);
  const told = `${file} [start] https-port: --https-port has no effect without`;
  expect([alone.exitCode, alone.stderr]).toEqual([CONFIG, expect.stringContaining(told)]);
  const words = ["start", "--domain", "peer.example.org"];
  expect(withConfiguration(root, words, SETTINGS)).toContain("--https-port=8443");
  writeFileSync(file, '[start]\nhttps-port = 8443\ndomain = "peer.example.org"\n');
  expect(withConfiguration(root, ["start"], SETTINGS)).toContain("--https-port=8443");
  // Typed, one of the two takes the place of the other.
  writeFileSync(file, '[start]\nhistory = "5d"\n');
  const kept = withConfiguration(root, ["start", "--keep-history"], SETTINGS);
  expect(kept).toEqual(["start", "--keep-history"]);
});

test("a switch that is off is none: neither `start` nor `config check` minds it", async () => {
  const file = join(folder, "config.toml");
  process.env.CONVEX_CONFIG = file;
  writeFileSync(file, '[start]\nhistory = "5d"\nkeep-history = false\n');
  const words = ["start", "--history=5d", "--no-keep-history"];
  expect(withConfiguration(root, ["start"], SETTINGS)).toEqual(words);
  expect((await command("config", "check")).exitCode).toBe(0);
  writeFileSync(file, '[start]\nhistory = "5d"\nkeep-history = true\n');
  expect((await command("config", "check")).exitCode).toBe(CONFIG);
  writeFileSync(file, '[start]\nfaucet = false\napi-routes = "status"\n');
  expect((await command("config", "check")).exitCode).toBe(0);
  process.env.CONVEX_CONFIG = "";
  for (const typed of ["--history 5d --keep-history=no", "--faucet=FALSE --api-routes status"]) {
    const typedWords = ["start", ...typed.split(" ")];
    expect(withConfiguration(root, typedWords, SETTINGS)).toEqual(typedWords);
  }
  const withoutWords = ["key", "new", "--mnemonic=off", "--words", "12", "--data-dir", data];
  expect((await command(...withoutWords)).exitCode).toBe(USAGE);
});

test("`start`, `config check` and `doctor` refuse the same configurations", async () => {
  const file = join(folder, "config.toml");
  process.env.CONVEX_CONFIG = file;
  const faulty = [
    ["https-port = 8443", "https-port: --https-port has no effect without"],
    ['faucet = true\napi-routes = "status"', "faucet: --faucet has no effect with these"],
  ] as const;
  for (const [lines, why] of faulty) {
    writeFileSync(file, `[start]\n${lines}\n`);
    const told = expect.stringContaining(`${file} [start] ${why}`);
    for (const words of [
      ["start", "--data-dir", data],
      ["config", "check"],
    ]) {
      const { exitCode, stderr } = await command(...words);
      expect([words, exitCode, stderr]).toEqual([words, CONFIG, told]);
    }
    const { stdout } = await command("doctor", "--json", "--data-dir", data);
    const checks: readonly { readonly id: string }[] = JSON.parse(stdout).checks;
    const configuration = checks.find(({ id }) => id === "config");
    expect(configuration).toMatchObject({ level: "fail", detail: told });
  }
});

test("a service has the settings of its file, and none of who installs it", async () => {
  const executable = ["--executable", "/usr/local/bin/convex-peer"];
  const install = ["service", "install", "--user", "--print", ...executable];
  process.env.CONVEX_CONFIG = "";
  process.env.CONVEX_DOMAIN = "peer.example.org";
  expect((await command(...install, "--", "--https-port", "5")).exitCode).toBe(USAGE);
  delete process.env.CONVEX_DOMAIN;
  process.env.CONVEX_HTTPS_PORT = "5";
  expect((await command(...install)).exitCode).toBe(0);
  delete process.env.CONVEX_HTTPS_PORT;
  const file = join(folder, "config.toml");
  const withFile = ["--config", file, ...install];
  writeFileSync(file, '[start]\ndomain = "peer.example.org"\n');
  expect((await command(...withFile, "--", "--https-port", "5")).exitCode).toBe(0);
  writeFileSync(file, "[start]\nhttps-port = 8443\n");
  const alone = await command(...withFile);
  const told = `${file} [start] https-port: --https-port has no effect without`;
  expect([alone.exitCode, alone.stderr]).toEqual([CONFIG, expect.stringContaining(told)]);
  const words = ["--", "--domain", "peer.example.org"];
  expect((await command(...withFile, ...words)).exitCode).toBe(0);
});

test("an API that is configured for clients is not the one whose key `key check` proves", () => {
  process.env.CONVEX_API = "http://127.0.0.1:8080";
  const words = ["key", "check", "--seed-file", "s"];
  expect(withConfiguration(root, words, SETTINGS)).toEqual(words);
});
