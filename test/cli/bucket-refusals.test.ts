// An S3-compatible address that can't be used: what is wrong is said in a sentence of ours, with
// what to do and an exit code of its own, and nothing is left behind.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Peer } from "../../src/peer/peer.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { TEST_MS } from "../patience.ts";
import { keyPair, newState } from "../peer/scene.ts";
import { command } from "./in-process.ts";
import { program } from "./terminal-session.ts";

setDefaultTimeout(TEST_MS);

const folder = mkdtempSync(join(tmpdir(), "convex-refusals-"));
const data = join(folder, "peer");
const before = { ...process.env };
/** Answers by the bucket's name: a status and a code, none, or no S3 at all. */
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: ({ url }) => {
    const [, status = "404", code = ""] = new URL(url).pathname.split("/")[1]?.split(".") ?? [];
    const body = code === "" ? null : `<Error><Code>${code}</Code><Message>m</Message></Error>`;
    return new Response(body, { status: Number(status) });
  },
});

beforeAll(async () => {
  process.env.S3_ACCESS_KEY_ID = "tester";
  process.env.S3_SECRET_ACCESS_KEY = "a secret of the test";
  const store = sqliteStore(data, CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState([1e14]) }).close();
  store.close();
});
afterAll(() => {
  server.stop(true);
  Object.assign(process.env, before);
  for (const name of ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]) {
    if (!(name in before)) delete process.env[name];
  }
  rmSync(folder, { recursive: true });
});

const HERE = `http://127.0.0.1:${server.port}`;

const REFUSED: readonly (readonly [
  bucket: string,
  endpoint: string,
  code: number,
  told: string,
])[] = [
  ["b", "http://127.0.0.1:1", 69, "at http://127.0.0.1:1: nobody answers there; check --s3-e"],
  ["b", "http://nowhere.invalid", 68, "the name of the service does not resolve"],
  ["b", HERE.replace("http:", "https:"), 69, "does not speak TLS; check --s3-endpoint: is it h"],
  ["b.403.InvalidAccessKeyId", HERE, 77, "does not know the key; check S3_ACCESS_KEY_ID"],
  ["b.403.SignatureDoesNotMatch", HERE, 77, "the secret is not that of the key; check"],
  ["b.403.AccessDenied", HERE, 77, "the key may not do this; give it the right"],
  ["b.403.RequestTimeTooSkewed", HERE, 75, "this machine's clock is wrong; set it"],
  ["b.404.NoSuchBucket", HERE, 66, "there is no such bucket; make it"],
  ["b.301.PermanentRedirect", HERE, 78, "is in another region; set S3_REGION"],
  ["b.503.SlowDown", HERE, 75, "the service is busy; try again later"],
  ["b.500.Strange", HERE, 69, "does not answer as such a service does (Strange: m); check"],
];

test.each(REFUSED)("%s at %s", async (bucket, endpoint, code, told) => {
  const at = [`s3://${bucket}/prefix`, "--s3-endpoint", endpoint];
  const backup = await command("store", "backup", ...at, "--data-dir", data);
  expect([backup.exitCode, backup.stderr]).toEqual([code, expect.stringContaining(told)]);
  expect(backup.stderr).not.toContain("unexpected error");
  const restored = join(folder, "above", "restored");
  const restore = await command("store", "restore", ...at, "--data-dir", restored);
  expect([restore.exitCode, restore.stderr]).toEqual([code, expect.stringContaining(told)]);
  expect(existsSync(join(folder, "above"))).toBe(false);
});

test("a bucket without a backup is told as a file that is not there", async () => {
  for (const bucket of ["b.404.NoSuchKey", "b.404"]) {
    const at = [`s3://${bucket}`, "--s3-endpoint", HERE, "--data-dir", join(folder, "none")];
    const { exitCode, stderr } = await command("store", "restore", ...at);
    expect([exitCode, stderr]).toEqual([
      66,
      expect.stringContaining("There is no backup at s3://b"),
    ]);
  }
  expect(existsSync(join(folder, "none"))).toBe(false);
});

test("a data directory that was there stays, with what is in it", async () => {
  const there = join(folder, "there");
  sqliteStore(there, CVM_TABLE).close();
  rmSync(join(there, "store.db"));
  const file = ["store", "restore", join(there, "store.lock"), "--data-dir"];
  expect((await command(...file, join(folder, "new"))).exitCode).not.toBe(0);
  expect((await command(...file, there)).exitCode).not.toBe(0);
  expect([existsSync(join(folder, "new")), existsSync(there)]).toEqual([false, true]);
});

test("a restore that a signal ends leaves nothing of what it had", async () => {
  let asked = Promise.withResolvers<void>();
  const silent = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: () => {
      asked.resolve();
      return new Promise<Response>(() => {});
    },
  });
  try {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const into = join(folder, "signalled", "below");
      const at = ["s3://b", "--s3-endpoint", `http://127.0.0.1:${silent.port}`];
      const words = [...program(), "store", "restore", ...at, "--data-dir", into];
      asked = Promise.withResolvers<void>();
      const child = Bun.spawn(words, {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
        env: { ...process.env },
      });
      await asked.promise;
      expect(existsSync(join(into, "store.pid"))).toBe(true);
      child.kill(signal);
      const stderr = await new Response(child.stderr).text();
      expect([await child.exited, stderr]).toEqual([
        130,
        "convex-peer: Stopped: nothing was restored\n",
      ]);
      expect(existsSync(join(folder, "signalled"))).toBe(false);
    }
  } finally {
    silent.stop(true);
  }
});
