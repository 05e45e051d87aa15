// Files and data directories that this user may not use are not taken for absent ones: whose they
// are and what to do is said, with the code 77. Missing input is 66, wrong content 65.

import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, json } from "../in-process.ts";

const NOBODY = 65_534;
const [DATAERR, NOINPUT, CANTCREAT, NOPERM] = [65, 66, 73, 77];

let folder: string;
let data: string;
let closed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "convex-permission-"));
  chmodSync(folder, 0o755);
  data = join(folder, "data");
  await json("key", "new", "--no-mnemonic", "--data-dir", data);
  writeFileSync(join(data, "store.db"), "");
  writeFileSync(join(data, "operator.sock"), "");
  closed = join(folder, "closed");
  writeFileSync(closed, "x", { mode: 0o600 });
});
// A command with --config leaves it in the environment.
afterEach(() => {
  process.env.CONVEX_CONFIG = "";
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command as somebody who may not use what is closed to others. */
async function asAnother(...words: string[]) {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  else for (const path of [data, closed]) chmodSync(path, 0);
  try {
    return await command(...words);
  } finally {
    if (isRoot) process.seteuid?.(0);
    else for (const path of [data, closed]) chmodSync(path, 0o700);
  }
}

const OF_DATA_DIRECTORY = [
  "status",
  "health",
  "watch --once",
  "peers list",
  "log-level",
  "store info",
  "store check",
  "store gc",
  "store compact",
  "store backup b.db",
  "store restore b.db",
  "key list",
  "key show",
  "key new --no-mnemonic",
  "stake show",
  "account create",
  "emergency --dry-run --via 127.0.0.1:1",
  "start",
];

test.each(OF_DATA_DIRECTORY)("another user's data directory: %s", async (words) => {
  const { exitCode, stderr, stdout } = await asAnother(...words.split(" "), "--data-dir", data);
  expect(stderr).toContain("permission denied");
  expect(stderr).toContain(data);
  expect(stderr).toMatch(/belongs to root: run this as root|is yours, with mode 000/);
  expect([exitCode, stdout]).toEqual([NOPERM, ""]);
});

test("doctor says it once, and passes over what it can't see", async () => {
  const { exitCode, stdout } = await asAnother("doctor", "--data-dir", data, "--json");
  const { checks } = JSON.parse(stdout) as {
    checks: { id: string; level: string; detail: string; fix?: string }[];
  };
  const of = (id: string) => checks.find((check) => check.id === id);
  expect(of("data-dir")).toMatchObject({ level: "fail", detail: "this user may not look into it" });
  expect(of("data-dir")?.fix).toMatch(/belongs to root|is yours/);
  expect(of("keys")).toMatchObject({ level: "skip" });
  expect(checks.filter(({ detail }) => detail.includes("permission denied"))).toEqual([]);
  expect(exitCode).toBe(1);
});

/** Flags that name a file to read; FILE stands for it. */
const READING = [
  "start --genesis FILE",
  "start --key-file FILE",
  "start --passphrase-file FILE",
  "start --cert FILE --cert-key FILE",
  "start --api-token-file FILE",
  "start --operator-token-file FILE",
  "key import --seed-file FILE",
  "key import --pem-file FILE",
  "key check --mnemonic-file FILE",
  "key recover --mnemonic-file FILE",
  "query --file FILE",
  "transact --sign FILE --out o",
  "transact --signed FILE",
  "store check --backup FILE",
  "store info --backup FILE",
];

function reading(words: string, file: string, dataDir: string): string[] {
  const without = /^(?:query|config|transact)/.test(words);
  const named = words.split(" ").map((word) => (word === "FILE" ? file : word));
  const ports = words.startsWith("start") ? ["--port", "0", "--api-port", "0"] : [];
  return without ? named : [...named, ...ports, "--data-dir", dataDir];
}

test.each(READING)(
  "a file that is not there, is closed, or is something else: %s",
  async (words) => {
    const own = join(folder, "own");
    mkdirSync(own, { recursive: true });
    chmodSync(own, 0o777);
    if (words.startsWith("key check")) {
      await command("key", "new", "--no-mnemonic", "--data-dir", own);
    }
    const missing = join(folder, "missing");
    const absent = await command(...reading(words, missing, own));
    expect(absent.stderr).toContain(missing);
    expect(absent.stderr).not.toContain("ENOENT");
    expect(absent.exitCode).toBe(NOINPUT);
    const denied = await asAnother(...reading(words, closed, own));
    expect(denied.stderr).toContain("permission denied");
    expect(denied.exitCode).toBe(NOPERM);
    const wrong = join(folder, "wrong");
    writeFileSync(wrong, "\n", { mode: 0o600 });
    const found = await command(...reading(words, wrong, own));
    expect([64, DATAERR, 78]).toContain(found.exitCode ?? 0);
  },
);

test.each(["key sign --file FILE", "store restore FILE", "config show --config FILE"])(
  "a file that is not there, or is closed: %s",
  async (words) => {
    const missing = join(folder, "missing");
    const absent = await command(...reading(words, missing, join(folder, "none")));
    expect(absent.stderr).toContain(missing);
    expect(absent.exitCode).toBe(NOINPUT);
    chmodSync(folder, 0o777);
    const denied = await asAnother(...reading(words, closed, join(folder, "none")));
    expect(denied.stderr).toContain("permission denied");
    expect(denied.exitCode).toBe(NOPERM);
  },
);

const WRITING = [
  "genesis --keys 1111111111111111111111111111111111111111111111111111111111111111 --out FILE",
  "key new --mnemonic-out FILE",
  "key export --type seed --out FILE",
  "doctor --bundle FILE",
];

test.each(WRITING)("a file that can't be made: %s", async (words) => {
  const own = join(folder, "own-keys");
  if (words.startsWith("key export")) {
    await command("key", "new", "--no-mnemonic", "--data-dir", own);
  }
  const lost = await command(...reading(words, join(folder, "no", "file"), own));
  expect(lost.stderr).toContain("there is no such folder");
  expect(lost.exitCode).toBe(CANTCREAT);
});

test("a secret that can't be written is named as it was asked for", async () => {
  const own = join(folder, "everybodys");
  mkdirSync(own);
  chmodSync(own, 0o777);
  const words = join(data, "words");
  const made = await asAnother("key", "new", "--mnemonic-out", words, "--data-dir", own);
  expect(made.stderr).toContain(`Cannot write ${words}: permission denied`);
  expect([made.exitCode, made.stderr]).toEqual([NOPERM, expect.not.stringContaining(".tmp")]);
  expect(readdirSync(own)).toEqual([]);
});

test.each([
  ["--url", "http://x"],
  ["--genesis-hash", "12"],
  ["--join", ":"],
  ["--genesis", "/dev/null"],
])("start with a wrong %s leaves nothing behind", async (flag, value) => {
  const place = join(folder, "untouched");
  const { exitCode } = await command(...reading(`start ${flag} ${value}`, "", place));
  expect([64, DATAERR]).toContain(exitCode ?? 0);
  expect(existsSync(place)).toBe(false);
});
