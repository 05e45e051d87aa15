// How a peer stops, and what it says at its start about a token that its API needs.

import { afterEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../cli/terminal-session.ts";
import { PeerProcess } from "./peer-process.ts";

const binary = process.env.CONVEX_PEER_BINARY;
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "convex-stop-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const start = (dataDir: string) => [
  ...["start", "--data-dir", dataDir, "--api-port", "0", "--port", "0", "--bind", "127.0.0.1"],
];

/** Whether the store's log was folded in and the operator's socket taken away. */
const isInOrder = (dataDir: string) =>
  existsSync(join(dataDir, "store.db")) &&
  !existsSync(join(dataDir, "store.db-wal")) &&
  !existsSync(join(dataDir, "operator.sock"));

test.each(["SIGHUP", "SIGTERM"] as const)("%s stops it in order", async (signal) => {
  const dataDir = newFolder();
  const peer = await PeerProcess.start({ command: "start", binary, dataDir });
  expect(isInOrder(dataDir)).toBe(false);
  expect(await peer.end(signal)).toBe(0);
  expect(isInOrder(dataDir)).toBe(true);
});

test("who has it ignore SIGHUP, as nohup does, is obeyed", async () => {
  const dataDir = newFolder();
  const words = [...program(), ...start(dataDir), "--json"];
  const child = Bun.spawn(["/bin/sh", "-c", `trap '' HUP; exec "$@"`, "sh", ...words], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const { api } = JSON.parse(new TextDecoder().decode(value)) as { api: string };
  child.kill("SIGHUP");
  for (let i = 0; i < 5; i++) {
    expect((await fetch(`${api}/livez`)).status).toBe(200);
    await Bun.sleep(50);
  }
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});

test("it goes on when nobody reads what it says", async () => {
  const dataDir = newFolder();
  // The reader is gone before the banner is written.
  const line = `("$@"; echo "code $?" >&2) | true`;
  const child = Bun.spawn(["/bin/sh", "-c", line, "sh", ...program(), ...start(dataDir)], {
    stderr: "pipe",
  });
  const words = [...program(), "health", "--wait", "20", "--data-dir", dataDir];
  expect(Bun.spawnSync(words).stdout.toString()).toBe("ready: takes part\n");
  const status = Bun.spawnSync([...program(), "status", "--json", "--data-dir", dataDir]);
  process.kill(JSON.parse(status.stdout.toString()).process.pid, "SIGTERM");
  expect(await new Response(child.stderr).text()).toBe("code 0\n");
  await child.exited;
});

test("an API with tokens: the line to try shows one, and a file that others read is told of", async () => {
  const folder = newFolder();
  const file = join(folder, "its tokens");
  writeFileSync(file, "# for the monitor\na-token-of-enough-letters\n");
  chmodSync(file, 0o644);
  const words = [...program(), ...start(join(folder, "data")), "--api-token-file", file];
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
  let banner = "";
  for await (const bytes of child.stdout) {
    banner += new TextDecoder().decode(bytes);
    if (banner.includes("Ctrl-C")) break;
  }
  const [, header = "", url = ""] = /\n +try +(\(.*\)) \| curl -H @- (\S+)/.exec(banner) ?? [];
  const shown = Bun.spawnSync(["/bin/sh", "-c", header]).stdout.toString().trim();
  expect(shown).toBe("Authorization: Bearer a-token-of-enough-letters");
  const ask = (authorization: string) =>
    fetch(url, { method: "POST", body: '{"source":"(+ 1 2)"}', headers: { authorization } });
  expect((await ask(shown.slice("Authorization: ".length))).status).toBe(200);
  expect((await ask("")).status).toBe(401);
  child.kill("SIGTERM");
  const stderr = await new Response(child.stderr).text();
  expect(stderr).toContain(`others can read ${file}`);
  expect(await child.exited).toBe(0);
});
