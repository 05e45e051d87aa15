// Where standard error is no terminal, all that a peer says there is a line of JSON: what it warns
// of before its log is open and the progress of joining, too.

import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeerProcess } from "../../e2e/peer-process.ts";
import { command } from "../in-process.ts";
import { TerminalSession, withoutControls } from "../terminal-session.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-json-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a peer that joins and warns writes nothing but JSON", async () => {
  const host = await PeerProcess.start({ command: "local" });
  const tokens = join(folder, "tokens");
  writeFileSync(tokens, "a token of sixteen letters\n".replaceAll(" ", "-"));
  chmodSync(tokens, 0o644);
  const dataDir = join(folder, "joining");
  const joining = ["--join", `127.0.0.1:${host.peerPort}`, "--operator-token-file", tokens];
  const peer = await PeerProcess.start({
    command: "start",
    dataDir,
    extra: joining,
    stderr: "pipe",
    environment: { CONVEX_JION: "a:1" },
  });
  const said = await peer.said(/^[\s\S]*the State is that of 1 peer.*\n/);
  await peer.end();
  await host.end();
  const lines = said.trimEnd().split("\n");
  const entries = lines.map((line) => JSON.parse(line));
  const text = entries.map(({ level, message }) => `${level}: ${message}`).join("\n");
  expect(
    entries.every(({ time, component }) => time !== undefined && component !== undefined),
  ).toBe(true);
  expect(text).toContain("warn: CONVEX_JION sets nothing");
  expect(text).toContain(`warn: others can read ${tokens}`);
  expect(text).toContain(`info: joining by 127.0.0.1:${host.peerPort}, peer `);
  expect(text).toMatch(/^info: genesis complete: \d+ cells/m);
});

test("on a terminal it is told as it stands", async () => {
  await command("key", "new", "--no-mnemonic", "--data-dir", join(folder, "terminal"));
  const session = new TerminalSession([
    "start",
    "--data-dir",
    join(folder, "terminal"),
    "--port",
    "0",
    "--api-port",
    "0",
    "--join",
    "127.0.0.1:1",
  ]);
  expect(await session.ended()).toBe(69);
  expect(withoutControls(session.shown)).toContain("convex-peer: ");
  expect(session.shown).not.toContain('{"time"');
});
