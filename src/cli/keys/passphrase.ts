// Where passphrases come from: a file, an open descriptor, a systemd credential, or a question at
// the terminal. Never from an argument or the environment, which others can read.

import type { StoredKey } from "../../keys/key-store.ts";
import {
  isReadableByOthers,
  readPassphraseCredential,
  readPassphraseDescriptor,
  readPassphraseFile,
  readPassphraseFileOrEmpty,
} from "../../keys/secret-file.ts";
import { CommandError, EXIT } from "../failure.ts";
import { parseFilled, passphraseFileFlag } from "../flags.ts";
import { type Warn, warnPlainly } from "../log/notices.ts";
import { askNewSecret, askSecret, isInteractive } from "../terminal/terminal.ts";

/** Below this, some 0.4 s a guess (scrypt) is not enough for words and habits that others share. */
const ADVISED_LENGTH = 12;

export interface PassphraseFlags {
  readonly passphraseFile?: string | undefined;
  readonly passphraseFd?: number | undefined;
  readonly passphraseCredential?: string | undefined;
}

export interface PassphraseSource extends PassphraseFlags {
  /** What the names of these flags begin with in the command at hand, for advice. */
  readonly flagPrefix?: string | undefined;
}

/** @throws Error naming what was expected */
export function parseDescriptor(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Error(`expected the number of an open file descriptor, found '${text}'`);
}

/** An optional flag that names a file. */
export function fileFlag(brief: string) {
  const shape = { kind: "parsed", optional: true, placeholder: "FILE" } as const;
  return { ...shape, parse: parseFilled, brief } as const;
}

export const passphraseFlags = {
  passphraseFile: passphraseFileFlag,
  passphraseFd: {
    kind: "parsed",
    parse: parseDescriptor,
    optional: true,
    placeholder: "N",
    brief: "Open file descriptor whose first line is the passphrase of the key",
  },
  passphraseCredential: {
    kind: "parsed",
    parse: parseFilled,
    optional: true,
    placeholder: "NAME",
    brief: "systemd credential (LoadCredential=NAME:…) that holds the passphrase of the key",
  },
} as const;

/** Says so when a secret lies where others can read it. */
export function warnIfExposed(path: string, groupMay = false, warn: Warn = warnPlainly): void {
  if (isReadableByOthers(path, groupMay)) {
    const mode = groupMay ? "640" : "600";
    warn(`others can read ${path}: \`chmod ${mode}\` it.`);
  }
}

/** The passphrase in a file, with a warning when others can read it. */
export function passphraseOfFile(path: string, warn: Warn = warnPlainly): string {
  const passphrase = readPassphraseFile(path);
  warnIfExposed(path, false, warn);
  return passphrase;
}

/** The passphrase that the flags point to, null when none of them is given. */
export function givenPassphrase(flags: PassphraseSource, warn: Warn = warnPlainly): string | null {
  const { passphraseFile, passphraseFd, passphraseCredential } = flags;
  const given = [passphraseFile, passphraseFd, passphraseCredential].filter(
    (flag) => flag !== undefined,
  );
  if (given.length > 1) {
    const names = ["file", "fd", "credential"].map(
      (kind) => `--${flags.flagPrefix ?? ""}passphrase-${kind}`,
    );
    throw new CommandError(EXIT.USAGE, `Give one of ${names.join(", ")}, not ${given.length}`);
  }
  if (passphraseFile !== undefined) return passphraseOfFile(passphraseFile, warn);
  if (passphraseFd !== undefined) return readPassphraseDescriptor(passphraseFd);
  return passphraseCredential === undefined ? null : readPassphraseCredential(passphraseCredential);
}

const STANDARD_INPUT = 0;

/**
 * @param file of the flag `--file`
 * @throws CommandError when standard input would be read for that, and then for the passphrase
 */
export function requireOneInput(file: string | undefined, { passphraseFd }: PassphraseFlags): void {
  if (file !== "-" || passphraseFd !== STANDARD_INPUT) return;
  const fix = "open another descriptor, as by `--passphrase-fd 3 3< FILE`";
  throw new CommandError(
    EXIT.USAGE,
    `--file - and --passphrase-fd 0 both read standard input: ${fix}`,
  );
}

/** Says so when a new passphrase could be guessed. */
export function warnIfShort(passphrase: string): string {
  if (passphrase.length < ADVISED_LENGTH) {
    process.stderr.write(
      `Warning: this passphrase is short; ${ADVISED_LENGTH} characters or more resist guessing.\n`,
    );
  }
  return passphrase;
}

/** The passphrase for a key about to be stored; null for none: nobody to ask, or nothing typed. */
export async function newPassphrase(flags: PassphraseFlags): Promise<string | null> {
  const given = givenPassphrase(flags);
  if (given !== null) return warnIfShort(given);
  if (!isInteractive()) return null;
  const typed = await askNewSecret("Passphrase for the key file (Enter for none)");
  return typed === "" ? null : warnIfShort(typed);
}

/** Whoever gives a passphrase takes the file for sealed. */
export function warnIfInClear(
  passphrase: string | null,
  { path, encrypted }: StoredKey,
  warn: Warn = warnPlainly,
): void {
  if (passphrase === null || encrypted) return;
  const fix = "`convex-peer key passphrase` seals it";
  warn(`${path} is NOT encrypted, so that the passphrase has no effect: ${fix}.`);
}

/** The passphrase to open a stored key with; null when it needs none, or nobody can be asked. */
export async function openingPassphrase(
  flags: PassphraseSource,
  key: StoredKey,
): Promise<string | null> {
  const given = givenPassphrase(flags);
  warnIfInClear(given, key);
  if (!key.encrypted || given !== null || !isInteractive()) return given;
  return askSecret(`Passphrase of key ${key.publicKey.slice(0, 8)}…`);
}

/**
 * The passphrase in a file of somebody else's making: "" for an empty file, for the reference's
 * tools encrypt under the empty passphrase when they can ask nobody (sheet 05 §4.5).
 */
export function foreignPassphraseOfFile(path: string): string {
  const passphrase = readPassphraseFileOrEmpty(path);
  warnIfExposed(path);
  return passphrase;
}

/**
 * The passphrase something foreign comes under, from a file or typed; `what` says of what it is.
 */
export async function foreignPassphrase(
  path: string | undefined,
  what: string,
  flag: string,
): Promise<string> {
  if (path !== undefined) return foreignPassphraseOfFile(path);
  if (isInteractive()) return askSecret(`Passphrase of ${what}`);
  throw new CommandError(EXIT.USAGE, `The passphrase of ${what} is needed: give ${flag} FILE`);
}

/** A new passphrase that must be there, from a file or typed twice. */
export async function requiredNewPassphrase(
  path: string | undefined,
  what: string,
  flag: string,
): Promise<string> {
  if (path !== undefined) return warnIfShort(passphraseOfFile(path));
  if (isInteractive()) {
    const typed = await askNewSecret(`Passphrase for ${what}`);
    if (typed !== "") return warnIfShort(typed);
  }
  throw new CommandError(EXIT.USAGE, `A passphrase for ${what} is needed: give ${flag} FILE`);
}
