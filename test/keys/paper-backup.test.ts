// The paper backup: what is on it brings the key back, and its codes can be read by a scanner.

import { expect, test } from "bun:test";
import decodeQR from "qr/decode.js";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { toHex } from "../../src/crypto/hex.ts";
import { DEFAULT_PATH, parsePath } from "../../src/keys/derivation-path.ts";
import { readMnemonic, seedOfMnemonic } from "../../src/keys/mnemonic.ts";
import { type PaperBackup, paperNotes, paperText, wordRows } from "../../src/keys/paper-backup.ts";
import { paperSvg } from "../../src/keys/paper-svg.ts";
import { checksumHex, parsePublicKey } from "../../src/keys/public-key-text.ts";

const WORDS =
  "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length";
const seed = seedOfMnemonic(WORDS, "", parsePath(DEFAULT_PATH));
const { publicKey } = KeyPair.fromSeed(seed);

const ofWords: PaperBackup = {
  publicKey,
  date: "2026-11-22",
  secret: { kind: "words", mnemonic: WORDS, path: DEFAULT_PATH, hasPassphrase: false },
};
const ofSeed: PaperBackup = { publicKey, date: "2026-11-22", secret: { kind: "seed", seed } };

/** The words in the order of the numbers before them. */
function numberedWords(text: string): string {
  const cells = [...text.matchAll(/(?<![\w])(\d{1,2}) ([a-z]+)/g)];
  const words: string[] = [];
  for (const [, number, word] of cells) words[Number(number) - 1] = word ?? "";
  return words.join(" ");
}

/** Text between tags, a line an element. */
function textOf(svg: string): string {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]).join("\n");
}

/** What a scanner reads from the nth code on the page. */
function scanned(svg: string, index: number): string {
  const path = [...svg.matchAll(/ d="([^"]*)"/g)][index]?.[1] ?? "";
  const dark = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  const side = 4 + Math.max(...dark.flat());
  const scale = 4;
  const width = side * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [x = 0, y = 0] of dark) {
    for (let j = 0; j < scale; j++) {
      const start = ((y * scale + j) * width + x * scale) * 4;
      for (let i = 0; i < scale; i++) data.fill(0, start + 4 * i, start + 4 * i + 3);
    }
  }
  return decodeQR({ width, height: width, data });
}

test.each([
  ["text", paperText(ofWords)],
  ["SVG", textOf(paperSvg(ofWords, { secretCode: false }))],
])("the words on the page give the key on the page: %s", (_kind, text) => {
  const words = readMnemonic(numberedWords(text));
  expect(words).toBe(WORDS);
  const rows = text.split("\n").map((row) => row.trim());
  const at = rows.findIndex((row) => row.startsWith(checksumHex(publicKey).slice(0, 4)));
  const digits = `${rows[at]}${rows[at + 1]}`.replaceAll(" ", "");
  const found = KeyPair.fromSeed(seedOfMnemonic(words, "", parsePath(DEFAULT_PATH))).publicKey;
  expect(toHex(parsePublicKey(digits))).toBe(toHex(found));
  expect(text).toContain("2026-11-22");
});

test("without words the seed is on the page", () => {
  const digits = paperText(ofSeed).replaceAll(/\s/g, "");
  expect(digits).toContain(toHex(seed));
  expect(textOf(paperSvg(ofSeed, { secretCode: false })).replaceAll(/\s/g, "")).toContain(
    toHex(seed),
  );
});

test("what is not on the page is said there", () => {
  const secret = {
    kind: "words",
    mnemonic: WORDS,
    path: "m/44/864/0/0/7",
    hasPassphrase: true,
  } as const;
  const text = paperText({ ...ofWords, secret });
  expect(text).toContain("--path m/44/864/0/0/7");
  expect(text).toContain("also need their passphrase");
});

test("the code shows the public key; the secret only when asked for", () => {
  const plain = paperSvg(ofWords, { secretCode: false });
  expect(scanned(plain, 0)).toBe(checksumHex(publicKey));
  expect(plain.match(/<path/g)?.length).toBe(1);
  const full = paperSvg(ofWords, { secretCode: true });
  expect(scanned(full, 1)).toBe(WORDS);
});

test("the page is well-formed and holds no reference to anything outside", () => {
  const svg = paperSvg(ofWords, { secretCode: true });
  const open = [...svg.matchAll(/<([a-z]+)[^>]*[^/]>/g)].map((match) => match[1]);
  const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map((match) => match[1]);
  expect(open.sort()).toEqual(closed.sort());
  expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|href|<script/);
});

test("the page says by which commands the key comes back, with the path where it is another", () => {
  const { secret } = ofWords;
  if (secret.kind !== "words") throw new Error("no words");
  expect(paperText(ofWords)).toContain("\nWords\n");
  expect(paperText(ofSeed)).toContain("\nSeed\n");
  expect(paperNotes(secret)).toContain("Back: convex-peer key recover");
  const path = "m/44'/864'/0'/0'/7'";
  const notes = paperNotes({ ...secret, path, hasPassphrase: true });
  expect(notes.at(-2)).toBe(`Back: convex-peer key recover --path ${path}`);
  expect(notes.at(-1)).toBe(`Test: convex-peer key check --path ${path}`);
  expect(notes.length).toBe(paperNotes(secret).length + 1);
});

test("24 words stand in columns of equal height, numbered from the top", () => {
  const rows = wordRows(WORDS);
  const numbers = rows.map((row) => row.map((cell) => Number(cell.slice(0, 2))));
  const columns = numbers[0]?.length ?? 0;
  expect(rows.every((row) => row.length === columns)).toBe(true);
  expect(rows.length * columns).toBe(24);
  expect(numbers[0]).toEqual(Array.from({ length: columns }, (_, i) => 1 + i * rows.length));
  expect(rows[0]?.[0]).toBe(" 1 hamster");
});
