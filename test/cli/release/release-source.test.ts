// A release on a disk without room for it: /dev/full takes no byte.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { sourceOf } from "../../../src/cli/commands/upgrade.ts";
import { parseReleaseKey } from "../../../src/cli/release/manifest.ts";
import { ReleaseSource } from "../../../src/cli/release/release-source.ts";
import { SystemFailure } from "../../../src/cli/system-failure.ts";
import { notRun, unlessLinux } from "../../not-run.ts";
import { SmallRelease, saysVersion } from "../../release/small-release.ts";

const VERSION = "8.0.0";
const FULL = "/dev/full";
const why = unlessLinux(FULL);
let release: SmallRelease;

beforeAll(async () => {
  release = new SmallRelease();
  await release.add(VERSION, saysVersion(VERSION), ["linux-x64"]);
});

afterAll(() => {
  release.close();
});

async function failure(files: { scratch: string; executable: string }): Promise<unknown> {
  const source = new ReleaseSource(release.url, parseReleaseKey(release.releaseKey));
  return source.fetch(VERSION, "linux-x64", files, () => undefined).catch((error) => error);
}

function expectFull(error: unknown): void {
  expect(error).toBeInstanceOf(SystemFailure);
  const { code, message } = error as SystemFailure;
  expect(code).toBe("DISK");
  const advice = "the disk is full; free some space, then try again";
  expect(message).toBe(`Cannot write ${FULL}: ${advice}`);
}

test("a full disk is no fault of the server", async () => {
  if (why !== null) return notRun(why);
  expectFull(await failure({ scratch: FULL, executable: join(release.folder, "executable") }));
});

test("nor is one that the executable does not fit on", async () => {
  if (why !== null) return notRun(why);
  expectFull(await failure({ scratch: join(release.folder, "scratch"), executable: FULL }));
});

test("others may run the executable, however closed the files of its owner are made", async () => {
  const [scratch, executable] = [join(release.folder, "s"), join(release.folder, "e")];
  const before = process.umask(0o027);
  try {
    expect(await failure({ scratch, executable })).toBeUndefined();
  } finally {
    process.umask(before);
  }
  expect(statSync(executable).mode & 0o777).toBe(0o755);
});

test("a build that knows of no releases says which flag is missing", () => {
  const key = release.releaseKey;
  expect(() => sourceOf({ baseUrl: release.url })).toThrow(
    "built without the key that signs releases: give --release-key KEY, or build the next version",
  );
  expect(() => sourceOf({ releaseKey: key })).toThrow(
    "without the address of releases: give --base",
  );
  expect(sourceOf({ baseUrl: release.url, releaseKey: key })).toBeInstanceOf(ReleaseSource);
});
