// Names, checksums, signatures and machines of a release.

import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainSignature, releaseKeyOf, signingKey, sshSignature } from "../../release/signature.ts";
import {
  compareVersions,
  isVersion,
  parseReleaseKey,
  parseSums,
  requireSigned,
  sumsText,
} from "../../src/cli/release/manifest.ts";
import { machineFacts, TARGETS, targetOf } from "../../src/cli/release/target.ts";
import { notRun } from "../not-run.ts";

const message = Buffer.from("a list of checksums\n");
const { privateKey } = generateKeyPairSync("ed25519");

describe("a signature", () => {
  const key = parseReleaseKey(releaseKeyOf(privateKey));

  test("of the release key is accepted, of these bytes only", () => {
    const signature = plainSignature(privateKey, message);
    requireSigned(message, signature, key);
    const others = [
      plainSignature(privateKey, Buffer.from("another list\n")),
      plainSignature(generateKeyPairSync("ed25519").privateKey, message),
      signature.subarray(1),
      new Uint8Array(64),
      new Uint8Array(),
    ];
    for (const other of others)
      expect(() => requireSigned(message, other, key)).toThrow("is not signed by the release key");
  });

  test("in OpenSSH's envelope is what ssh-keygen accepts", () => {
    if (Bun.which("ssh-keygen") === null) return notRun("ssh-keygen is not here");
    const folder = mkdtempSync(join(tmpdir(), "convex-signature-"));
    try {
      const blob = Buffer.concat([
        Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1"),
        Buffer.from(releaseKeyOf(privateKey), "base64"),
      ]);
      writeFileSync(join(folder, "signers"), `me ssh-ed25519 ${blob.toString("base64")}\n`);
      writeFileSync(join(folder, "sig"), sshSignature(privateKey, message));
      const verify = (text: Uint8Array, namespace: string) =>
        Bun.spawnSync(
          ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "me", "-n", namespace, "-s", "sig"],
          { cwd: folder, stdin: text },
        ).exitCode;
      expect(verify(message, "convex-peer-release")).toBe(0);
      expect(verify(Buffer.from("another\n"), "convex-peer-release")).not.toBe(0);
      expect(verify(message, "file")).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("needs an Ed25519 key", () => {
    const { privateKey: other } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = other.export({ format: "pem", type: "pkcs8" }).toString();
    expect(() => signingKey(pem)).toThrow("releases are signed with an Ed25519 key");
    for (const text of [
      "",
      "abc",
      `${releaseKeyOf(privateKey)}=`,
      releaseKeyOf(privateKey).slice(1),
    ])
      expect(() => parseReleaseKey(text)).toThrow("Not a release key");
  });
});

test("checksums are read as sha256sum writes them, and nothing else", () => {
  const sum = "0123456789abcdef".repeat(4);
  const sums = new Map([
    ["a.gz", sum],
    ["b-1.2_3.gz", sum],
  ]);
  expect(parseSums(sumsText(sums))).toEqual(sums);
  expect(parseSums(`${sum} *a.gz\n`)).toEqual(new Map([["a.gz", sum]]));
  for (const line of [
    `${sum} a.gz`,
    `${sum.slice(1)}  a.gz`,
    `${sum}  ../a.gz`,
    `${sum}  a b`,
    "x",
  ])
    expect(() => parseSums(`${line}\n`)).toThrow("SHA256SUMS has a line");
});

test("versions are compared as such, and lead to no other folder", () => {
  expect(compareVersions("0.9.0", "0.10.0")).toBeLessThan(0);
  expect(compareVersions("1.0.0", "1.0.0-rc.1")).toBeGreaterThan(0);
  expect(compareVersions("1.2.3", "1.2.3")).toBe(0);
  for (const text of ["0.1.0", "12.0.3", "1.0.0-rc.1"]) expect(isVersion(text)).toBe(true);
  for (const text of ["", "1.2", "1.2.3/", "../1.2.3", "1.2.3-..", "1.2.3\n", "v1.2.3"])
    expect(isVersion(text)).toBe(false);
});

test("a machine has the target that its system, processor and C library ask for", () => {
  const of = (platform: string, arch: string, isMusl: boolean, hasAvx2: boolean) =>
    targetOf({ platform, arch, isMusl, hasAvx2 });
  const found = [
    of("linux", "x64", false, true),
    of("linux", "x64", false, false),
    of("linux", "arm64", false, false),
    of("linux", "x64", true, true),
    of("linux", "x64", true, false),
    of("linux", "arm64", true, false),
    of("darwin", "arm64", false, false),
    of("darwin", "x64", false, false),
  ];
  expect(found).toEqual([...TARGETS]);
  expect(of("win32", "x64", false, true)).toBeNull();
  expect(of("linux", "riscv64", false, false)).toBeNull();
});

test("install.sh finds the target that the program finds", () => {
  const installer = join(import.meta.dir, "..", "..", "install.sh");
  const script = `sed '/^main "/d' '${installer}' > "$0" && . "$0" && find_target`;
  const folder = mkdtempSync(join(tmpdir(), "convex-target-"));
  const run = Bun.spawnSync(["sh", "-c", script, join(folder, "functions.sh")]);
  rmSync(folder, { recursive: true });
  expect(run.stdout.toString().trim()).toBe(targetOf(machineFacts()) ?? "none");
});
