// `key …` at a terminal: words shown once and asked for, passphrases typed, nothing left on the
// screen.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMnemonic } from "../../src/keys/mnemonic.ts";
import { TEST_MS } from "../patience.ts";
import { TerminalSession, withoutControls } from "./terminal-session.ts";

setDefaultTimeout(TEST_MS);

const ABANDON = `${"abandon ".repeat(11)}about`;
const KEY = "036598af84b625f6f36753eda9de6730f7d828cf14994dc55e87ecf3c22674e9";
const FIRST_SCREEN = "\x1b[?1049l";
const SECOND_SCREEN = "\x1b[?1049h";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-terminal-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function key(...args: string[]): TerminalSession {
  return new TerminalSession(["key", ...args, "--data-dir", join(folder, "data")]);
}

/** The words on the page of `key new`, in order. */
function wordsShown(session: TerminalSession): string[] {
  const page = session.shown.slice(session.shown.lastIndexOf("Write these words"));
  const words: string[] = [];
  for (const [, number, word] of withoutControls(page).matchAll(/(\d{1,2}) ([a-z]+)/g)) {
    words[Number(number) - 1] ??= word ?? "";
  }
  return words;
}

/** Answers the questions for single words as they come. */
async function answerWords(session: TerminalSession, from: number, words: readonly string[]) {
  let at = from;
  for (let i = 0; i < 4; i++) {
    at = await session.until("◆  Word ", at);
    await session.until("\n", at);
    const position = Number(/^\d+/.exec(session.shown.slice(at))?.[0]);
    await Bun.sleep(50);
    session.type(words[position - 1] ?? "");
  }
}

async function typeAfter(session: TerminalSession, question: string, text: string, from = 0) {
  const at = await session.until(question, from);
  await Bun.sleep(100);
  session.type(text);
  return at;
}

test("the words are kept only when they have been proved to be on paper", async () => {
  const session = key("new", "--words", "12");
  let at = await typeAfter(session, "Passphrase for the key file", "sesame");
  at = await typeAfter(session, "The same again", "other", at);
  at = await session.until("The two differ", at);
  at = await typeAfter(session, "Passphrase for the key file", "sesame", at);
  at = await typeAfter(session, "The same again", "sesame", at);

  at = await typeAfter(session, "Press Enter when they are written down", "", at);
  at = await typeAfter(session, "Word ", "wrong", at);
  at = await typeAfter(session, "see the words again", "", at);
  at = await typeAfter(session, "Press Enter when they are written down", "", at);
  const words = wordsShown(session);
  expect(readMnemonic(words.join(" "))).toBe(words.join(" "));
  expect(readdirSync(folder)).toEqual([]);
  await answerWords(session, at, words);
  expect(await session.ended()).toBe(0);

  const after = session.shown.slice(session.shown.lastIndexOf(FIRST_SCREEN));
  expect(withoutControls(after)).toContain("encrypted under your passphrase");
  const firstScreen = session.shown
    .split(SECOND_SCREEN)
    .map((part, i) => (i === 0 ? part : (part.split(FIRST_SCREEN)[1] ?? "")))
    .join("");
  expect(firstScreen).not.toContain("sesame");
  // What the command says itself may hold one of them by chance ("resist").
  expect(words.filter((word) => word.length > 5 && firstScreen.includes(word)).length).toBeLessThan(
    2,
  );

  const [file = ""] = readdirSync(join(folder, "data", "keys"));
  writeFileSync(join(folder, "words"), words.join(" "), { mode: 0o600 });
  const checked = key("check", "--mnemonic-file", join(folder, "words"));
  await checked.until(file.replace(".json", ""));
  expect(await checked.ended()).toBe(0);
});

test("Ctrl-C while the words are shown leaves nothing behind", async () => {
  const before = readdirSync(join(folder, "data", "keys"));
  const session = key("new");
  await typeAfter(session, "Passphrase for the key file", "");
  await session.until("Press Enter when they are written down");
  await Bun.sleep(100);
  session.type("\x03", "");
  expect(await session.ended()).toBe(130);
  expect(session.shown.trimEnd().endsWith("Stopped: nothing was changed")).toBe(true);
  expect(session.shown.lastIndexOf(FIRST_SCREEN)).toBeGreaterThan(
    session.shown.lastIndexOf(SECOND_SCREEN),
  );
  expect(readdirSync(join(folder, "data", "keys"))).toEqual(before);
});

test("words typed in recover a key; a typed passphrase opens it", async () => {
  const session = key("recover");
  await typeAfter(session, "The words, with spaces", ABANDON);
  await typeAfter(session, "Passphrase of the words", "");
  await typeAfter(session, "Passphrase for the key file", "tulip");
  await typeAfter(session, "The same again", "tulip");
  await session.until(KEY);
  expect(await session.ended()).toBe(0);
  const shown = session.shown;
  expect(shown.slice(0, shown.indexOf(SECOND_SCREEN))).not.toContain("abandon");
  expect(shown.slice(shown.indexOf(FIRST_SCREEN))).not.toContain("abandon");
  expect(readFileSync(join(folder, "data", "keys", `${KEY}.json`), "utf8")).toContain(
    "aes-256-gcm",
  );

  const signing = key("sign", "--hex", "00", "--key", "0365");
  await typeAfter(signing, "Passphrase of key 036598af", "tulip");
  expect(await signing.ended()).toBe(0);
  expect(withoutControls(signing.shown)).not.toContain("tulip");
});

test.each([
  ["recover", "The words, with spaces"],
  ["new", "Passphrase for the key file"],
  ["sign --hex 00 --key 0365", "Passphrase of key 036598af"],
])("Ctrl-D ends key %s, and leaves nothing behind", async (words, question) => {
  const keys = join(folder, "data", "keys");
  const before = readdirSync(keys);
  const session = key(...words.split(" "));
  await session.until(question);
  await Bun.sleep(100);
  session.type("\x04", "");
  expect(await session.ended()).toBe(130);
  expect(withoutControls(session.shown)).toContain("Stopped: nothing was changed");
  expect(readdirSync(keys)).toEqual(before);
});

test("a signal ends a question, and no words stay on the terminal", async () => {
  const session = key("new");
  await typeAfter(session, "Passphrase for the key file", "");
  await session.until("Press Enter when they are written down");
  session.signal("SIGTERM");
  expect(await session.ended()).toBe(130);
  expect(session.shown.lastIndexOf(FIRST_SCREEN)).toBeGreaterThan(
    session.shown.lastIndexOf(SECOND_SCREEN),
  );
});
