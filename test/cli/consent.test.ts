// At a terminal a change is asked about: no is the default, Ctrl-C is no, and the passphrase of the
// controller's key is asked for only after yes.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeyStore } from "../../src/keys/key-store.ts";
import { json } from "./in-process.ts";
import { NetworkScene, publicKey, seed } from "./network-scene.ts";
import { TerminalSession, withoutControls } from "./terminal-session.ts";

const INTERRUPT = 130;
const PASSPHRASE = "a long passphrase";

let network: NetworkScene;
let controllerKey: string;
beforeAll(async () => {
  network = new NetworkScene(2);
  await network.ready();
  const keys = new KeyStore(join(network.folder, "controller"));
  controllerKey = (await keys.add(seed(1), PASSPHRASE))?.path ?? "";
});
afterAll(() => network.end());

const peer = ["--peer", publicKey(1)];
const own = async () => (await json("stake", "show", ...peer, "--port", network.port(0))).own;

function withdraw(...more: string[]): TerminalSession {
  const key = ["--controller-key-file", controllerKey];
  return new TerminalSession([
    ...["stake", "withdraw", "1", ...peer, "--port", network.port(0), ...key, ...more],
  ]);
}

async function typeAfter(session: TerminalSession, question: string, text: string, end = "\r") {
  await session.until(question);
  await Bun.sleep(100);
  session.type(text, end);
}

for (const [name, keys] of [
  ["Enter alone", "\r"],
  ["Ctrl-C", "\x03"],
] as const) {
  test(`${name} changes nothing`, async () => {
    const before = await own();
    const session = withdraw();
    await typeAfter(session, "Go ahead?", keys, "");
    expect(await session.ended()).toBe(INTERRUPT);
    const shown = withoutControls(session.shown);
    expect(shown).toContain("Stopped: nothing was changed");
    expect(shown).not.toContain("Passphrase");
    expect(await own()).toBe(before);
  });
}

test("yes and the passphrase change it; the passphrase is not shown", async () => {
  const before = await own();
  const session = withdraw();
  await typeAfter(session, "Go ahead?", "y", "");
  await typeAfter(session, "Passphrase of key", PASSPHRASE);
  expect(await session.ended()).toBe(0);
  const shown = withoutControls(session.shown);
  expect(shown).toContain("final");
  expect(shown).not.toContain(PASSPHRASE);
  expect(await own()).toBe(before - 1_000_000_000);
});

test("a passphrase from a file needs no question, a wrong one changes nothing", async () => {
  const before = await own();
  const file = network.path("wrong");
  writeFileSync(file, "another passphrase\n", { mode: 0o600 });
  const session = withdraw("--yes", "--controller-passphrase-file", file);
  expect(await session.ended()).toBe(77);
  expect(withoutControls(session.shown)).toContain("Wrong passphrase");
  expect(await own()).toBe(before);
});
