// `key new`: a key and the words that bring it back. The words are shown once, on the terminal's
// second screen, and asked for; without a terminal they go to a file, or the key gets none.

import { randomInt } from "node:crypto";
import { buildCommand } from "@stricli/core";
import { DEFAULT_PATH, parsePath } from "../../../keys/derivation-path.ts";
import { DEFAULT_WORD_COUNT, newMnemonic, WORD_COUNTS } from "../../../keys/mnemonic.ts";
import { wordRows } from "../../../keys/paper-backup.ts";
import { writeSecretFile } from "../../../keys/secret-file.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag, jsonFlag } from "../../flags.ts";
import { newSeed } from "../../keys/new-seed.ts";
import {
  fileFlag,
  newPassphrase,
  type PassphraseFlags,
  passphraseFlags,
  passphraseOfFile,
} from "../../keys/passphrase.ts";
import { keyStoreOf } from "../../keys/stored-key.ts";
import { mnemonicPassphraseFlag, pathFlag, seedOfWords, type Words } from "../../keys/words.ts";
import { askLine, isInteractive, onSecondScreen } from "../../terminal/terminal.ts";
import { printKey, storeNewSeed, warnOfSeveral } from "./added-key.ts";

/** Words asked for before the key is kept. */
const WORDS_ASKED = 4;

interface NewFlags extends PassphraseFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
  readonly words: number;
  readonly mnemonic: boolean;
  readonly mnemonicOut?: string | undefined;
  readonly mnemonicPassphraseFile?: string | undefined;
  readonly path: string;
}

/** Positions to ask for, from 1, in order, each once. */
function positionsToAsk(count: number): number[] {
  const positions = new Set<number>();
  while (positions.size < WORDS_ASKED) positions.add(randomInt(count) + 1);
  return [...positions].sort((a, b) => a - b);
}

function page(mnemonic: string): string {
  const rows = wordRows(mnemonic).map((row) => `   ${row.map((word) => word.padEnd(16)).join("")}`);
  return [
    "Write these words on paper, in this order. They are shown this once and stored nowhere;",
    "with them the key can be recovered, by you or by whoever else reads them.",
    "",
    ...rows,
    "",
    "",
  ].join("\n");
}

const clear = () => process.stderr.write("\x1b[2J\x1b[H");

/** Shows the words until the operator has proved, word by word, that they are on paper. */
async function showUntilConfirmed(mnemonic: string): Promise<void> {
  const words = mnemonic.split(" ");
  await onSecondScreen(async () => {
    for (;;) {
      clear();
      process.stderr.write(page(mnemonic));
      await askLine("Press Enter when they are written down: some will be asked for");
      clear();
      let isRight = true;
      for (const position of positionsToAsk(words.length)) {
        const answer = await askLine(`Word ${position}`);
        isRight = answer.trim().toLowerCase() === words[position - 1];
        if (!isRight) break;
      }
      if (isRight) return;
      await askLine("That is not what was shown. Press Enter to see the words again");
    }
  });
}

/** Where the words go is settled before anything is asked or made. */
function checkWayOut(flags: NewFlags): void {
  if (!flags.mnemonic && flags.mnemonicOut !== undefined) {
    throw new CommandError(EXIT.USAGE, "Give --mnemonic-out FILE or --no-mnemonic, not both");
  }
  if (!flags.mnemonic || flags.mnemonicOut !== undefined || isInteractive()) return;
  const choice =
    "--mnemonic-out FILE keeps them in a file, --no-mnemonic makes a key without words";
  throw new CommandError(EXIT.USAGE, `There is no terminal to show the key's words on: ${choice}`);
}

async function seedWithWords(flags: NewFlags): Promise<Uint8Array> {
  const words: Words = {
    mnemonic: newMnemonic(flags.words),
    passphrase:
      flags.mnemonicPassphraseFile === undefined
        ? ""
        : passphraseOfFile(flags.mnemonicPassphraseFile),
    path: flags.path,
  };
  if (flags.mnemonicOut === undefined) {
    await showUntilConfirmed(words.mnemonic);
  } else {
    writeSecretFile(flags.mnemonicOut, `${words.mnemonic}\n`);
    process.stderr.write(
      `The key's words are in ${flags.mnemonicOut}: put them on paper, then destroy the file.\n`,
    );
  }
  return seedOfWords(words);
}

async function make(flags: NewFlags): Promise<void> {
  checkWayOut(flags);
  parsePath(flags.path);
  const passphrase = await newPassphrase(flags);
  const seed = flags.mnemonic ? await seedWithWords(flags) : newSeed();
  printKey(await storeNewSeed(keyStoreOf(flags), seed, passphrase), flags.json);
  await warnOfSeveral(flags.dataDir);
  if (!flags.mnemonic) {
    process.stderr.write("No words: back it up with `convex-peer key paper --seed --out FILE`.\n");
  } else if (flags.path !== DEFAULT_PATH) {
    process.stderr.write(`Write the path down with the words: ${flags.path}\n`);
  }
}

/** @throws Error naming the counts there are */
function parseWordCount(text: string): number {
  const count = Number(text);
  if (WORD_COUNTS.includes(count)) return count;
  throw new Error(`expected ${WORD_COUNTS.join(", ")}, found '${text}'`);
}

export const newCommand = buildCommand({
  docs: { brief: "Make a new key, with words to recover it from" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...passphraseFlags,
      words: {
        kind: "parsed",
        parse: parseWordCount,
        default: String(DEFAULT_WORD_COUNT),
        placeholder: "N",
        brief: `Number of words: ${WORD_COUNTS.join(", ")}`,
      },
      mnemonicOut: fileFlag("Write the words to this new file instead of showing them"),
      mnemonic: {
        kind: "boolean",
        default: true,
        brief: "Make the key from words; --no-mnemonic makes one that only its file can bring back",
      },
      mnemonicPassphraseFile: mnemonicPassphraseFlag,
      path: pathFlag,
      json: jsonFlag,
    },
  },
  func: (flags: NewFlags) => guarded(() => make(flags)),
});
