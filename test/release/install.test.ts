// install.sh, as a release has it, against a web server on this machine: what is not whole and
// signed is not installed, and what was there before stays.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainSignature, sshSignature } from "../../release/signature.ts";
import { fileOf } from "../../src/cli/release/manifest.ts";
import { notRun } from "../not-run.ts";
import { outcomeOf } from "../process-outcome.ts";
import { SmallRelease, saysVersion } from "./small-release.ts";

const VERSION = "9.8.7";
const TARGET = "linux-x64";
const FILE = fileOf(VERSION, TARGET);
const SUMS = `/${VERSION}/SHA256SUMS`;

let release: SmallRelease;
let prefix: string;
let tools: string;

beforeAll(() => {
  release = new SmallRelease();
  tools = mkdtempSync(join(tmpdir(), "convex-tools-"));
});
afterAll(() => {
  release.close();
  rmSync(tools, { recursive: true });
});
beforeEach(async () => {
  release.faults.clear();
  await release.add("9.8.6", saysVersion("9.8.6"));
  await release.add(VERSION, saysVersion(VERSION));
  prefix = mkdtempSync(join(tmpdir(), "convex-prefix-"));
});
afterEach(() => rmSync(prefix, { recursive: true }));

interface Shell {
  readonly command: readonly string[];
  /** PATH, when it isn't this process's. */
  readonly path?: string;
}

const dash = Bun.which("dash") ?? "sh";
const DASH: Shell = { command: [dash] };

/** A folder that holds only these programs. */
function folderOf(name: string, programs: readonly string[]): string {
  const folder = join(tools, name);
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  for (const program of programs) {
    const found = Bun.which(program);
    if (found !== null) symlinkSync(found, join(folder, program));
  }
  return folder;
}

const BASICS =
  "sh uname id dirname grep head cut mkdir mktemp find chmod mv rm cat tr gzip sed".split(" ");
const TOOLS = [...BASICS, "sha256sum", "base64"];

function start(shell: Shell, args: readonly string[]) {
  const all = [...shell.command, "-s", "--", "--prefix", prefix, "--target", TARGET, ...args];
  return Bun.spawn(all, {
    stdin: Buffer.from(readFileSync(join(release.folder, "install.sh"))),
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
    env: { HOME: prefix, PATH: shell.path ?? process.env.PATH ?? "" },
  });
}

async function install(shell: Shell, ...args: string[]) {
  const child = start(shell, args);
  const { exitCode, stdout, stderr } = await outcomeOf(child);
  return { exitCode, output: stdout + stderr };
}

function installed(): string[] {
  const bin = join(prefix, "bin");
  return existsSync(bin) ? readdirSync(bin) : [];
}

function installedVersion(): string {
  return Bun.spawnSync([join(prefix, "bin", "convex-peer"), "--version"])
    .stdout.toString()
    .trim();
}

async function expectRefused(said: string, exitCode: number, ...args: string[]): Promise<void> {
  const outcome = await install(DASH, ...args);
  expect([outcome.exitCode, outcome.output]).toEqual([exitCode, outcome.output]);
  expect(outcome.output).toContain(said);
  expect(installed()).toEqual([]);
}

describe("a whole release", () => {
  test("is installed, again and again, and taken away", async () => {
    for (let i = 0; i < 2; i++) {
      const outcome = await install(DASH);
      expect([outcome.exitCode, outcome.output]).toEqual([0, outcome.output]);
      expect(outcome.output).toContain(`Installed ${prefix}/bin/convex-peer (version ${VERSION})`);
      expect(installed()).toEqual(["convex-peer"]);
      expect(installedVersion()).toBe(VERSION);
    }
    const away = await install(DASH, "--uninstall");
    expect([away.exitCode, away.output]).toEqual([0, expect.stringContaining("Uninstalled ")]);
    expect(installed()).toEqual([]);
    const again = await install(DASH, "--uninstall");
    expect([again.exitCode, again.output]).toEqual([
      0,
      expect.stringContaining("nothing was uninstalled"),
    ]);
  });

  test("leaves nothing behind where nobody reads what it says to the end", async () => {
    // The reader ends before the first line is written.
    const script = join(release.folder, "install.sh");
    const line = `"$@" < '${script}' | true`;
    const words = [dash, "-s", "--", "--prefix", prefix, "--target", TARGET];
    const env = { HOME: prefix, PATH: process.env.PATH ?? "" };
    const pipeline = ["/bin/sh", "-c", line, "sh", ...words];
    const child = Bun.spawn(pipeline, { stderr: "pipe", env });
    // Its end: until then it has its standard error open.
    await new Response(child.stderr).text();
    expect(installed().filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("takes the place of what a link leads to, as an upgrade does, and leaves that there", async () => {
    const [bin, elsewhere] = [join(prefix, "bin"), join(prefix, "opt")];
    mkdirSync(bin);
    mkdirSync(elsewhere);
    const file = join(elsewhere, "convex-peer-9");
    writeFileSync(file, "before");
    symlinkSync("../opt/convex-peer-9", join(bin, "convex-peer"));
    const outcome = await install(DASH);
    expect([outcome.exitCode, outcome.output]).toEqual([0, outcome.output]);
    expect(outcome.output).toContain(`Installed ${file} (version ${VERSION})`);
    expect([lstatSync(join(bin, "convex-peer")).isSymbolicLink(), installedVersion()]).toEqual([
      true,
      VERSION,
    ]);
    expect([readdirSync(elsewhere), installed()]).toEqual([["convex-peer-9"], ["convex-peer"]]);
    const away = await install(DASH, "--uninstall");
    expect([away.exitCode, away.output]).toEqual([0, expect.stringContaining(`${file} stays`)]);
    expect([readdirSync(elsewhere), installed()]).toEqual([["convex-peer-9"], []]);
  });

  test("does not go into a folder that is in its place, nor where a link leads round", async () => {
    const bin = join(prefix, "bin");
    mkdirSync(join(bin, "convex-peer"), { recursive: true });
    const inFolder = await install(DASH);
    expect(inFolder).toEqual({ exitCode: 73, output: expect.stringContaining("is a folder") });
    expect(readdirSync(join(bin, "convex-peer"))).toEqual([]);
    rmSync(join(bin, "convex-peer"), { recursive: true });
    symlinkSync("convex-peer", join(bin, "convex-peer"));
    const round = await install(DASH);
    expect(round).toEqual({ exitCode: 73, output: expect.stringContaining("leads nowhere") });
    const away = await install(DASH, "--uninstall");
    expect([away.exitCode, installed()]).toEqual([0, []]);
  });

  test("comes with its options told, through a pipe too", async () => {
    const { exitCode, output } = await install(DASH, "--help");
    expect([exitCode, output]).toEqual([0, expect.stringContaining("\n  --prefix DIR ")]);
    expect(output).toContain("\n  --target T ");
  });

  test("goes nowhere but where it was to go: an empty value is none", async () => {
    for (const option of ["--prefix", "--version", "--base-url", "--release-key", "--target"]) {
      await expectRefused(`${option} needs a value`, 64, option, "");
      await expectRefused(`${option} needs a value`, 64, option);
    }
    await install(DASH);
    const away = await install(DASH, "--uninstall", "--prefix", "");
    expect([away.exitCode, installed()]).toEqual([64, ["convex-peer"]]);
  });

  test("becomes a service when asked to, and takes it away again", async () => {
    expect((await install(DASH, "--service")).output).toContain("\nservice install\n");
    const away = await install(DASH, "--uninstall");
    expect(away.output).toContain("service uninstall --if-installed\n");
  });

  test("of another version is installed when it is named", async () => {
    expect((await install(DASH, "--version", "9.8.6")).exitCode).toBe(0);
    expect(installedVersion()).toBe("9.8.6");
  });

  test("is checked by ssh-keygen where OpenSSL can't", async () => {
    const path = folderOf("ssh", [...TOOLS, "curl", "ssh-keygen"]);
    const outcome = await install({ command: [dash], path });
    expect([outcome.exitCode, outcome.output]).toEqual([0, outcome.output]);
    expect(installedVersion()).toBe(VERSION);
    rmSync(join(prefix, "bin"), { recursive: true });
    release.write(`${SUMS}.sshsig`, sshSignature(otherKey(), release.read(SUMS)));
    const refused = await install({ command: [dash], path });
    expect(refused.output).toContain("is not signed by the release key");
    expect([refused.exitCode, installed()]).toEqual([65, []]);
  });

  test("is refused where nothing can check its signature", async () => {
    const outcome = await install({
      command: [dash],
      path: folderOf("bare", [...TOOLS, "curl"]),
    });
    expect(outcome.output).toContain("is needed to check the signature");
    expect([outcome.exitCode, installed()]).toEqual([69, []]);
  });

  for (const checker of ["openssl", "ssh-keygen"]) {
    test(`is installed by busybox alone and ${checker}`, async () => {
      const busybox = Bun.which("busybox");
      if (busybox === null) return notRun("busybox is not here");
      const path = folderOf(`busybox-${checker}`, [checker]);
      Bun.spawnSync([busybox, "--install", "-s", path]);
      expect(existsSync(join(path, "curl"))).toBe(false);
      const shell = { command: [busybox, "sh"], path };
      const outcome = await install(shell);
      expect([outcome.exitCode, outcome.output]).toEqual([0, outcome.output]);
      expect(installedVersion()).toBe(VERSION);
      release.faults.set(`/${VERSION}/${FILE}`, "cut");
      expect((await install(shell)).exitCode).not.toBe(0);
      expect(installed()).toEqual(["convex-peer"]);
    });
  }
});

function otherKey() {
  return generateKeyPairSync("ed25519").privateKey;
}

describe("nothing is installed", () => {
  test("from a file with a flipped bit", async () => {
    const bytes = release.read(`${VERSION}/${FILE}`);
    bytes[bytes.length >> 1]! ^= 1;
    release.write(`${VERSION}/${FILE}`, bytes);
    await expectRefused("is damaged", 65);
  });

  test("from a truncated file, or one whose download breaks off", async () => {
    release.faults.set(`/${VERSION}/${FILE}`, "cut");
    await expectRefused("whole: nothing was installed", 69);
    release.faults.clear();
    release.write(`${VERSION}/${FILE}`, release.read(`${VERSION}/${FILE}`).subarray(0, 60));
    await expectRefused("is damaged", 65);
  });

  test("without checksums, signature, or a line for the file", async () => {
    for (const name of ["SHA256SUMS", "SHA256SUMS.sig", FILE]) {
      release.faults.clear();
      release.faults.set(`/${VERSION}/${name}`, "absent");
      await expectRefused("nothing was installed", 69);
    }
    release.faults.clear();
    await release.add(VERSION, saysVersion(VERSION), ["darwin-arm64"]);
    await expectRefused(`no file for ${TARGET}`, 69);
  });

  test("whose checksums somebody else has signed, or nobody", async () => {
    release.write(`${SUMS}.sig`, plainSignature(otherKey(), release.read(SUMS)));
    await expectRefused("is not signed by the release key", 65);
    release.write(`${SUMS}.sig`, new Uint8Array(64));
    await expectRefused("is not signed by the release key", 65);
    release.write(`${SUMS}.sig`, plainSignature(release.key, Buffer.from("other sums")));
    await expectRefused("is not signed by the release key", 65);
  });

  test("when the signed checksums are those of another version", async () => {
    for (const name of ["SHA256SUMS", "SHA256SUMS.sig", "SHA256SUMS.sshsig"])
      release.write(`${VERSION}/${name}`, release.read(`9.8.6/${name}`));
    await expectRefused(`${FILE} is not in SHA256SUMS`, 69);
  });

  test("that does not run, or says another version", async () => {
    await release.add(VERSION, "#!/bin/sh\nexit 3\n");
    await expectRefused("does not run on this machine", 70);
    await release.add(VERSION, saysVersion("1.1.1"));
    await expectRefused("says that it is version 1.1.1", 65);
  });

  test("when the version would lead elsewhere", async () => {
    await expectRefused("is not a version", 65, "--version", "../9.8.6");
    release.write("latest", "<html>\n");
    await expectRefused("is not a version", 65);
  });

  test("by half of the script", async () => {
    const text = readFileSync(join(release.folder, "install.sh"), "utf8");
    for (const part of [0.3, 0.6, 0.9, 0.99]) {
      const half = text.slice(0, Math.floor(text.length * part));
      Bun.spawnSync([dash, "-s", "--", "--prefix", prefix], { stdin: Buffer.from(half) });
      expect(installed()).toEqual([]);
    }
  });

  test("by a copy without key or address", async () => {
    const script = join(import.meta.dir, "..", "..", "install.sh");
    for (const args of [[], ["--base-url", release.url]]) {
      const run = Bun.spawnSync([dash, script, "--prefix", prefix, ...args]);
      expect(run.stderr.toString()).toContain("install.sh knows no");
      expect([run.exitCode, installed()]).toEqual([64, []]);
    }
  });
});

test("what is there survives an interruption in the middle of a download", async () => {
  expect((await install(DASH, "--version", "9.8.6")).exitCode).toBe(0);
  release.faults.set(`/${VERSION}/${FILE}`, "stall");
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    release.stalled = Promise.withResolvers();
    const child = start(DASH, []);
    await release.stalled.promise;
    // As Ctrl-C, or the end of a session, reaches every process of it.
    process.kill(-child.pid, signal);
    await child.exited;
    expect(installedVersion()).toBe("9.8.6");
    const left = installed().filter((name) => name !== "convex-peer");
    expect(signal === "SIGKILL" || left.length === 0).toBe(true);
  }
  release.faults.clear();
  expect((await install(DASH)).exitCode).toBe(0);
  expect(installedVersion()).toBe(VERSION);
});
