// What a variable of a shell leaves that has no value, and flags that contradict each other: both
// are refused, where something else would be done than was meant.

import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-empty-"));
afterAll(() => rmSync(folder, { recursive: true }));

const USAGE = 64;
const WORDS = "abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

test("an empty address is not all of them, an empty folder not the present one", async () => {
  const data = join(folder, "data");
  const start = ["start", "--data-dir", data, "--port", "0", "--api-port", "0"];
  const lines = [
    [...start, "--api-bind", ""],
    [...start, "--bind", ""],
    ["start", "--data-dir", ""],
    ["key", "list", "--data-dir", " "],
    ["status", "--host", ""],
    ["service", "install", "--unit-dir", "", "--print"],
    ["service", "install", "--executable", "", "--print"],
    ["upgrade", "--restart-command", ""],
  ];
  for (const line of lines) {
    const { exitCode, stderr } = await command(...line);
    const told = expect.stringContaining("expected a value, found ''");
    expect([line, exitCode, stderr]).toEqual([line, USAGE, told]);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("an IPv6 address to listen on may come as in a URL", async () => {
  const at = ["--bind", "[2001:db8::1]", "--port", "0", "--api-port", "0"];
  const peers = await command("start", "--data-dir", join(folder, "v6"), ...at);
  const why = "Cannot listen for peers on 2001:db8::1 (EADDRNOTAVAIL)";
  expect([peers.exitCode, peers.stderr]).toEqual([69, expect.stringContaining(why)]);
  const where = ["--bind", "127.0.0.1", "--api-bind", "[2001:db8::1]", "--port", "0"];
  const api = await command("start", "--data-dir", join(folder, "v6"), ...where);
  expect([api.exitCode, api.stderr]).toEqual([69, expect.stringContaining("[2001:db8::1]:8080 (")]);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(["peer.invalid", "999.1.1.1", "::1%lo"])(
  "what is no address of this machine, %s, is said to be none",
  async (host) => {
    for (const flag of ["--bind", "--api-bind"]) {
      const at = ["--port", "0", "--api-port", "0", flag, host];
      const { exitCode, stderr } = await command("start", "--data-dir", join(folder, "no"), ...at);
      const fix = expect.stringContaining(`: choose an address of this machine with ${flag}\n`);
      expect([flag, exitCode, stderr]).toEqual([flag, 69, fix]);
    }
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("an address is published at which others can find a peer", async () => {
  const nowhere = ["tcp://0.0.0.0:18888", "tcp://[::]:18888", "tcp://[fe80::1%eth0]:18888"];
  for (const url of [...nowhere, "tcp://127.1:18888", "tcp://192.0.2.300:18888"]) {
    const { exitCode, stderr } = await command("peer", "set-url", url, "--via", "127.0.0.1:1");
    expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("Others can't reach")]);
  }
});

test("upgrade gives the restarted peer some time", async () => {
  const { exitCode, stderr } = await command("upgrade", "--rollback", "--health-timeout", "0");
  expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("a second at least")]);
});

test("a key that is made where no peer starts comes with a warning", async () => {
  const sealed = join(folder, "sealed");
  mkdirSync(sealed);
  writeFileSync(join(sealed, "sealed.json"), "{}");
  const made = await command("key", "new", "--no-mnemonic", "--data-dir", sealed);
  expect([made.exitCode, made.stderr]).toEqual([0, expect.stringContaining("no peer starts in")]);
  rmSync(sealed, { recursive: true });
});

test("local takes no more peers than there are ports behind its own", async () => {
  const { exitCode, stderr } = await command("local", "--port", "65535", "--peers", "2");
  expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("give a lower --port")]);
});

test("key recover --expect takes no beginning that every key has", async () => {
  writeFileSync(join(folder, "words"), `${WORDS} abandon\n`, { mode: 0o600 });
  const recover = [
    "key",
    "recover",
    "--mnemonic-file",
    join(folder, "words"),
    "--data-dir",
    folder,
  ];
  for (const expected of ["", "0x", "yes"]) {
    const { exitCode, stderr } = await command(...recover, "--expect", expected);
    expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("--expect: expected")]);
  }
});

test("upgrade goes back only where nothing else is said", async () => {
  for (const other of [["--check"], ["--to", "1.2.3"]]) {
    const { exitCode, stderr } = await command("upgrade", "--rollback", ...other);
    expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("Give --rollback, or")]);
  }
});

test("commands give the network some time", async () => {
  for (const words of [
    ["query", "1"],
    ["stake", "add", "1"],
  ]) {
    const { exitCode, stderr } = await command(...words, "--via", "127.0.0.1:1", "--timeout", "0");
    expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("seconds above 0")]);
  }
});

test("upgrade --check tells of the latest version, of no named one", async () => {
  const { exitCode, stderr } = await command("upgrade", "--check", "--to", "9.9.9");
  expect([exitCode, stderr]).toEqual([USAGE, expect.stringContaining("Give --to, or --check")]);
});
