// Secrets in files, descriptors and systemd credentials: bounds, permissions, and errors that
// repeat nothing.

import { afterAll, afterEach, expect, test } from "bun:test";
import {
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../../src/crypto/hex.ts";
import {
  readContainerFile,
  readPassphraseCredential,
  readPassphraseDescriptor,
  readPassphraseFile,
  readPassphraseFileOrEmpty,
  readSeedFile,
  replaceSecretFile,
  SecretFileError,
  writeSecretFile,
} from "../../src/keys/secret-file.ts";
import { notRun } from "../not-run.ts";
import { inUnlistedFolder } from "../unlisted-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-secrets-"));
const path = join(folder, "secret");
const SEED = "07".repeat(32);

afterEach(() => {
  rmSync(path, { force: true });
  delete process.env.CREDENTIALS_DIRECTORY;
});
afterAll(() => rmSync(folder, { recursive: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SecretFileError);
    return (error as SecretFileError).code;
  }
  throw new Error("it was accepted");
}

test.each([
  ["sesame\n", "sesame"],
  ["sesame\r\nnext line\n", "sesame"],
  ["two words, pä€s", "two words, pä€s"],
])("a passphrase is the first line: %j", (text, passphrase) => {
  writeFileSync(path, text);
  expect(readPassphraseFile(path)).toBe(passphrase);
  const fd = openSync(path, "r");
  expect(readPassphraseDescriptor(fd)).toBe(passphrase);
  closeSync(fd);
});

test("an empty passphrase file is a mistake, unless asked for", () => {
  writeFileSync(path, "\nsesame\n");
  expect(codeOf(() => readPassphraseFile(path))).toBe("CONTENT");
  expect(readPassphraseFileOrEmpty(path)).toBe("");
});

test.each([SEED, `0x${SEED}\n`, SEED.replace(/(.{4})/g, "$1 "), ` ${SEED.toUpperCase()}\n`])(
  "a seed: %j",
  (text) => {
    writeFileSync(path, text);
    expect(toHex(readSeedFile(path))).toBe(SEED);
  },
);

test("what is no seed is not repeated", () => {
  for (const text of ["", "zz".repeat(32), SEED.slice(2), `${SEED}00`]) {
    writeFileSync(path, text);
    expect(codeOf(() => readSeedFile(path))).toBe("CONTENT");
    expect(() => readSeedFile(path)).not.toThrow(/zz|0707/);
  }
});

test("files that are too large, missing or folders", () => {
  writeFileSync(path, "x".repeat(4097));
  expect(codeOf(() => readPassphraseFile(path))).toBe("CONTENT");
  expect(codeOf(() => readPassphraseFile(`${path}-not-there`))).toBe("READ");
  expect(() => readPassphraseFile(`${path}-not-there`)).toThrow("there is no such file");
  expect(() => readPassphraseFile(folder)).toThrow("it is a folder");
  expect(() => readPassphraseDescriptor(4321)).toThrow("it is not open");
  writeFileSync(path, new Uint8Array((1 << 20) + 1));
  expect(codeOf(() => readContainerFile(path))).toBe("CONTENT");
});

test("systemd credentials", () => {
  expect(() => readPassphraseCredential("peer")).toThrow("CREDENTIALS_DIRECTORY is not set");
  const credentials = join(folder, "credentials");
  mkdirSync(credentials);
  writeFileSync(join(credentials, "peer"), "sesame\n");
  process.env.CREDENTIALS_DIRECTORY = credentials;
  expect(readPassphraseCredential("peer")).toBe("sesame");
  expect(() => readPassphraseCredential("../secret")).toThrow("not a plain name");
  expect(codeOf(() => readPassphraseCredential("other"))).toBe("READ");
});

test("a secret is written for its owner alone, and over nothing", () => {
  writeSecretFile(path, "sesame");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(codeOf(() => writeSecretFile(path, "other"))).toBe("EXISTS");
  expect(readFileSync(path, "utf8")).toBe("sesame");
  replaceSecretFile(path, "other");
  expect(readFileSync(path, "utf8")).toBe("other");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(codeOf(() => writeSecretFile(join(folder, "not", "there"), "x"))).toBe("WRITE");
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a file system without hard links gets a secret as well, and over nothing", () => {
  const [onStick, there] = [join(folder, "on-stick"), join(folder, "there")];
  // As FAT does.
  const refuse = () => {
    throw Object.assign(new Error("EPERM"), { code: "EPERM", syscall: "link" });
  };
  writeSecretFile(onStick, "sesame", refuse);
  expect(readFileSync(onStick, "utf8")).toBe("sesame");
  expect(statSync(onStick).mode & 0o777).toBe(0o600);
  writeFileSync(there, "as it was");
  expect(codeOf(() => writeSecretFile(there, "other", refuse))).toBe("EXISTS");
  expect(readFileSync(there, "utf8")).toBe("as it was");
});

test("what a killed process has left of a secret goes with the next writing", async () => {
  const secret = join(folder, "secret");
  const file = join(import.meta.dir, "../../src/keys/secret-file.ts");
  const killed = async () => {
    const script =
      `const { writeSecretFile } = await import("${file}");` +
      `writeSecretFile("${secret}", "seed", () => process.kill(process.pid, "SIGKILL"));`;
    await Bun.spawn([process.execPath, "-e", script]).exited;
  };
  const left = () => readdirSync(folder).filter((name) => name.startsWith("secret."));
  await killed();
  expect(left()).toHaveLength(1);
  expect(statSync(join(folder, left()[0] as string)).mode & 0o777).toBe(0o600);
  // Another file's, and that of a process that lives.
  const others = ["secret.words", `secret.${process.pid}-0123456789ab.tmp`];
  for (const name of others) writeFileSync(join(folder, name), "");
  writeSecretFile(secret, "seed");
  expect(left().sort()).toEqual(others.sort());
  await killed();
  replaceSecretFile(secret, "another");
  expect(left().sort()).toEqual(others);
});

test("a folder that may not be listed takes a secret, and another in its place", () => {
  inUnlistedFolder((closed) => {
    const secret = join(closed, "secret");
    writeSecretFile(secret, "sesame");
    expect(codeOf(() => writeSecretFile(secret, "other"))).toBe("EXISTS");
    expect(readFileSync(secret, "utf8")).toBe("sesame");
    replaceSecretFile(secret, "other");
    expect(readFileSync(secret, "utf8")).toBe("other");
  });
});

test("a file that root replaces stays its owner's", () => {
  if (process.getuid?.() !== 0) return notRun("only root replaces files of others");
  const path = join(folder, "of-another");
  writeSecretFile(path, "before");
  chownSync(path, 1234, 1235);
  replaceSecretFile(path, "after");
  const { uid, gid, mode } = statSync(path);
  expect([uid, gid, mode & 0o777]).toEqual([1234, 1235, 0o600]);
  expect(readFileSync(path, "utf8")).toBe("after");
});
