// Commands of the same words in one moment: each is executed, or says that it was not.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { chownSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTurn } from "../../../src/cli/transactions/signing-turn.ts";
import { notRun } from "../../not-run.ts";
import { json } from "../in-process.ts";
import { NetworkScene, publicKey } from "../network-scene.ts";
import { program } from "../terminal-session.ts";

let network: NetworkScene;
beforeAll(async () => {
  network = new NetworkScene(1);
  await network.ready();
});
afterAll(() => network.end());

test("as many payments are made as commands end with 0", async () => {
  const data = await network.dataDir(0);
  const at = ["--port", network.port(0)];
  const before = (await json("account", "info", "#13", ...at)).balance;
  const pay = ["account", "fund", "#13", "--amount", "1", "--from", "#12", "--yes", ...at];
  const children = Array.from({ length: 8 }, () =>
    Bun.spawn([...program(), ...pay, "--data-dir", data], { stdout: "ignore", stderr: "ignore" }),
  );
  const codes = await Promise.all(children.map((child) => child.exited));
  const paid = (await json("account", "info", "#13", ...at)).balance - before;
  expect(paid).toBeGreaterThan(0);
  expect(codes.filter((code) => code === 0).length).toBe(paid / 1e9);
  expect(codes.filter((code) => code !== 0 && code !== 75)).toEqual([]);
});

test("who waits too long for his turn has done nothing; the turn comes when it is given back", async () => {
  const key = publicKey(40);
  const first = Promise.withResolvers<void>();
  const held = inTurn(key, 1_000, () => first.promise);
  let isDone = false;
  const late = inTurn(key, 50, async () => {
    isDone = true;
  });
  expect(late).rejects.toThrow("nothing was sent");
  await late.catch(() => {});
  expect(isDone).toBe(false);
  const next = inTurn(key, 5_000, async () => "done");
  first.resolve();
  await held;
  expect(await next).toBe("done");
});

test("a lock file of another user's is not waited for", async () => {
  if (process.geteuid?.() !== 0) return notRun("files of another user can't be made without root");
  const key = publicKey(41);
  const path = join(tmpdir(), `convex-peer-0-${key}.lock`);
  rmSync(path, { force: true });
  writeFileSync(path, "");
  chownSync(path, 65_534, 65_534);
  try {
    const never = new Promise<void>(() => {});
    void inTurn(key, 50, () => never);
    expect(await inTurn(key, 50, async () => "done")).toBe("done");
  } finally {
    rmSync(path);
  }
});
